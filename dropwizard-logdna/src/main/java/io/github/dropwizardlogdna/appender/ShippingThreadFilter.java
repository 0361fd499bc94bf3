package io.github.dropwizardlogdna.appender;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.dropwizardlogdna.ingestion.ClientThread;
import io.github.dropwizardlogdna.report.ReportLog;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import jakarta.annotation.Nullable;
import org.slf4j.Marker;

/**
 * Denies all events of the threads of the shipper and of its HTTP client, for every appender: each request would create
 * new lines to ship, and a library below may log its input, the key included. The reports of this library pass.
 *
 * <p>It costs one comparison for each call of a logger. A reset of the LoggerContext removes it.
 */
public final class ShippingThreadFilter extends TurboFilter {

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            @Nullable Level level,
            @Nullable String format,
            @Nullable Object[] params,
            @Nullable Throwable t) {
        boolean ownWork = ShippingThread.isCurrent() || ClientThread.isCurrent();
        return ownWork && !ReportLog.isReport(logger.getName()) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
