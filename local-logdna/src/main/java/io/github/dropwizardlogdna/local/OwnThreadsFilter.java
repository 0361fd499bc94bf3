package io.github.dropwizardlogdna.local;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import jakarta.annotation.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Denies what the endpoint's own threads log, at whatever level, to all appenders. */
final class OwnThreadsFilter extends TurboFilter {

    private static final String NAME = "ingestion endpoint's own threads";

    /** Idempotent. Where the log is not Logback's, nothing is done: then nothing of it is shipped, either. */
    static void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Reinstall.addTo(context);
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            @Nullable Object[] arguments,
            @Nullable Throwable throwable) {
        return Thread.currentThread().getName().startsWith(IngestionEndpoint.THREADS)
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    /**
     * Puts the filter back after each reset of the context. Dropwizard resets it, and all turbo filters with it, when it
     * configures logging, which is after the endpoint has started.
     */
    private static final class Reinstall implements LoggerContextListener {

        static void addTo(LoggerContext context) {
            if (context.getCopyOfListenerList().stream().noneMatch(Reinstall.class::isInstance)) {
                context.addListener(new Reinstall());
            }
            addFilterTo(context);
        }

        private static void addFilterTo(LoggerContext context) {
            if (context.getTurboFilterList().stream().anyMatch(OwnThreadsFilter.class::isInstance)) {
                return;
            }
            OwnThreadsFilter filter = new OwnThreadsFilter();
            filter.setName(NAME);
            filter.setContext(context);
            filter.start();
            context.addTurboFilter(filter);
        }

        @Override
        public boolean isResetResistant() {
            return true;
        }

        @Override
        public void onReset(LoggerContext context) {
            addFilterTo(context);
        }

        @Override
        public void onStart(LoggerContext context) {}

        @Override
        public void onStop(LoggerContext context) {}

        @Override
        public void onLevelChange(Logger logger, Level level) {}
    }
}
