package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.github.dropwizardlogdna.config.OptionsCheck;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.KeyValuePair;

/** {@code redact} in a service's YAML. */
class RedactOptionTest {

    @RegisterExtension
    static final LocalLogDna ENDPOINT = LocalLogDna.start();

    @Test
    void redactsShippedLines() throws Exception {
        try (ConfiguredAppender appender = ConfiguredAppender.of(
                "ingestionKey: " + ENDPOINT.ingestionKey(),
                "endpoint: " + ENDPOINT.url(),
                "redact: ['(?i)password=\\S+', '\\b\\d{16}\\b']")) {
            LoggingEvent event = appender.event("PASSWORD=secret, card 4111111111111111");
            event.setThreadName("worker password=secret");
            event.addKeyValuePair(new KeyValuePair("card", 4111111111111111L));
            appender.log(event);
        }

        ReceivedLine line = ENDPOINT.lines().get(0);
        assertThat(line.text()).isEqualTo("[REDACTED] card [REDACTED]");
        assertThat(line.meta().has("card")).isFalse();
        assertThat(line.meta("thread").textValue()).isEqualTo("worker [REDACTED]");
        assertThat(line.batch().toString()).doesNotContain("secret").doesNotContain("4111");
    }

    @ParameterizedTest
    @CsvSource({
        "(secret,       is not a regular expression of RE2 (missing closing ))",
        "secret(?!x),   neither lookaround nor back references",
        "(secret)\\1,   neither lookaround nor back references",
        "(?:secret)*,   matches the empty text",
    })
    void aPatternThatCannotBeUsedStopsTheStart(String pattern, String problem) {
        String redact = "redact: ['a', '" + pattern + "']";

        assertThatThrownBy(() -> ConfiguredAppender.of("ingestionKey: key", redact))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("appenders[0].redact[1] ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aPatternThatCannotBeUsedIsRefusedWithoutValidation() {
        LogDnaAppenderFactory<?> factory = new LogDnaAppenderFactory<>();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OptionsCheck.orThrow(
                        new ObjectMapper().readerForUpdating(factory).readValue("{\"redact\":\"(secret\"}")))
                .withMessageContaining("redact[0] is not a regular expression")
                .withMessageNotContaining("secret");
    }
}
