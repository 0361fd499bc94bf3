package io.github.dropwizardlogdna.appender;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.ingestion.IngestionUri;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import jakarta.annotation.Nullable;
import java.time.Duration;

/**
 * The settings of an appender.
 *
 * @param name its name, unique in the application
 * @param lines the format of its lines
 * @param ownLines the format of lines that this library itself adds, such as notices of missing lines
 * @param messageRate limits the events; null for no limit
 * @param shutdownTimeout the longest time to wait for lines at shutdown
 */
public record AppenderSettings<E extends DeferredProcessingAware>(
        String name,
        LineFormat<E> lines,
        LineFormat<ILoggingEvent> ownLines,
        ShippingSettings shipping,
        IngestionSettings ingestion,
        @Nullable MessageRate messageRate,
        Duration shutdownTimeout) {

    /** The URL of the endpoint, without its query. */
    public String shownEndpoint() {
        return IngestionUri.withoutQuery(ingestion.endpoint());
    }
}
