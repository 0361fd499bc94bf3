package io.github.dropwizardlogdna;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.dropwizardlogdna.ingestion.ClientThread;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import jakarta.annotation.Nullable;
import org.slf4j.Marker;

/**
 * Denies everything that is logged on the threads of the shipper and of its HTTP client, to every appender: each request
 * would make new lines to ship, and a library below may log what it is given, the key included. The reports of this
 * library pass.
 *
 * <p>It costs a comparison for each call of a logger. It has to be added anew for each configuration of the
 * LoggerContext, whose reset forgets it.
 */
final class OwnWorkFilter extends TurboFilter {

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            @Nullable Level level,
            @Nullable String format,
            @Nullable Object[] params,
            @Nullable Throwable t) {
        boolean ownWork = ShippingThread.isCurrent() || ClientThread.isCurrent();
        return ownWork && !Reporter.isReport(logger.getName()) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
