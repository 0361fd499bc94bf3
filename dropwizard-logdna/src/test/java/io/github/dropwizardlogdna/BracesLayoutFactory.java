package io.github.dropwizardlogdna;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.TimeZone;

/** {@code layout: {type: braces}}: prints the message as JSON does, with a line break behind it. */
@JsonTypeName("braces")
final class BracesLayoutFactory implements DiscoverableLayoutFactory<ILoggingEvent> {

    @Override
    public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        return new LayoutBase<>() {
            @Override
            public String doLayout(ILoggingEvent event) {
                return "{\"message\":\"" + event.getFormattedMessage() + "\"}" + System.lineSeparator();
            }
        };
    }
}
