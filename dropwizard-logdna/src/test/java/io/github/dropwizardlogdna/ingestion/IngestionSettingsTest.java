package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IngestionSettingsTest {

    @Test
    void showsNothingOfTheKey() {
        assertThat(settings("0123456789abcdef")).hasToString(settings("k").toString());
        assertThat(settings("0123456789abcdef").toString()).contains("ingestionKey=***");
    }

    @Test
    void hidesSecretPartsOfTheEndpoint() {
        assertThat(settings("key").toString())
                .contains("https://logs.example/logs/ingest")
                .doesNotContain("secret");
    }

    private static IngestionSettings settings(String key) {
        return new IngestionSettings(
                URI.create("https://user:secret@logs.example?token=secret"),
                key,
                () -> "host",
                null,
                null,
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                null,
                null);
    }
}
