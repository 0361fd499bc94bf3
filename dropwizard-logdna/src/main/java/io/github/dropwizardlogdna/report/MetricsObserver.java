package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.shipping.ShippingObserver;

/** Keeps the metrics of one appender up to date. Called on its shipping threads. */
public final class MetricsObserver implements ShippingObserver {

    private final String appender;
    private final AppenderMetrics metrics;

    public MetricsObserver(String appender, AppenderMetrics metrics) {
        this.appender = appender;
        this.metrics = metrics;
    }

    @Override
    public void progress() {
        metrics.update(appender);
    }

    @Override
    public void requestEnded(long nanos) {
        metrics.requestEnded(appender, nanos);
    }
}
