package io.github.dropwizardlogdna;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.filter.FilterFactory;

/** {@code filterFactories: [{type: word, denies: ping}]}: denies events whose message contains the word. */
@JsonTypeName("word")
final class WordFilterFactory implements FilterFactory<ILoggingEvent> {

    @JsonProperty
    private String denies = "";

    @Override
    public Filter<ILoggingEvent> build() {
        return new Filter<>() {
            @Override
            public FilterReply decide(ILoggingEvent event) {
                return event.getFormattedMessage().contains(denies) ? FilterReply.DENY : FilterReply.NEUTRAL;
            }
        };
    }
}
