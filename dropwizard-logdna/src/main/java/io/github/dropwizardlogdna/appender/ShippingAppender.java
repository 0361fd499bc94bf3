package io.github.dropwizardlogdna.appender;

import io.github.dropwizardlogdna.report.ReportedAppender;
import io.github.dropwizardlogdna.report.Reporter;
import java.time.Duration;

/** An appender with a shipper, as {@link ApplicationAppenders} starts and stops it. */
interface ShippingAppender extends ReportedAppender {

    Reporter reporter();

    /** The longest time to wait for lines at shutdown. */
    Duration shutdownTimeout();

    /** Whether {@link #stop} has done its work. */
    boolean isStopped();

    /** Waits, within a limit, for the end of a {@link #stop} that another thread has called. */
    void awaitStopped();

    void stop();
}
