package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.shipping.Shipper;

/** An appender, as metrics, health check and admin task see it. Any thread. */
public interface ReportedAppender {

    /** The name of the appender, unique in the application. */
    String getName();

    /** The URL of the endpoint, without its query. */
    String endpoint();

    /** The shipper, whose counters are up to date. */
    Shipper shipper();

    /** The losses of the last minute. */
    RecentLosses losses();
}
