package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestionUriTest {

    @ParameterizedTest
    @CsvSource({
        "https://logs.logdna.com,                       https://logs.logdna.com/logs/ingest",
        "https://logs.logdna.com/,                      https://logs.logdna.com/logs/ingest",
        "https://logs.logdna.com/logs/ingest,           https://logs.logdna.com/logs/ingest",
        "https://logs.logdna.com/logs/ingest/,          https://logs.logdna.com/logs/ingest",
        "https://logs.logdna.com/logs/ingest/?a=b%26,   https://logs.logdna.com/logs/ingest?a=b%26",
        "https://logs.logdna.com?a=b,                   https://logs.logdna.com/logs/ingest?a=b",
        "http://localhost:8080/other,                   http://localhost:8080/other",
        "http://localhost:8080/other/,                  http://localhost:8080/other/",
        "http://localhost:8080//,                       http://localhost:8080//",
        "http://[::1]:8080/a%2Fb,                       http://[::1]:8080/a%2Fb",
        "https://user:secret@logs.logdna.com/#fragment, https://logs.logdna.com/logs/ingest",
        "https://logs_1.example,                        https://logs_1.example/logs/ingest",
    })
    void findsTheEndpointInEachFormOfItsPath(URI configured, URI effective) {
        assertThat(IngestionUri.effective(configured)).isEqualTo(effective);
        assertThat(IngestionUri.effective(effective)).isEqualTo(effective);
    }

    @Test
    void isShownWithoutItsSecretParts() {
        URI endpoint = URI.create("https://user:secret@logs.example:8443/in?token=secret#secret");

        assertThat(IngestionUri.withoutQuery(endpoint)).isEqualTo("https://logs.example:8443/in");
    }

    @Test
    void refusesAUrlWithoutAHost() {
        assertThatIllegalArgumentException().isThrownBy(() -> IngestionUri.effective(URI.create("/logs/ingest")));
    }

    @Test
    void addsOnlyParametersThatAreSet() {
        IngestionSettings settings = settings("https://logs.example", "host", null, null, List.of());

        assertThat(of(settings, 1234)).hasToString("https://logs.example/logs/ingest?hostname=host&now=1234");
    }

    @Test
    void keepsTheQueryOfTheEndpoint() {
        IngestionSettings settings =
                settings("https://logs.example/in?a=b%26", "host", "192.0.2.1", "00:11:22:33:44:55", List.of("x", "y"));

        assertThat(of(settings, 1234))
                .hasToString("https://logs.example/in?a=b%26&hostname=host&mac=00%3A11%3A22%3A33%3A44%3A55"
                        + "&ip=192.0.2.1&now=1234&tags=x,y");
    }

    @Property
    void everyTagArrives(@ForAll List<String> tags) {
        // A lone surrogate has no UTF-8 form.
        List<String> sent = tags.stream()
                .map(tag -> new String(tag.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .toList();

        String query = of(settings("https://logs.example", "host", null, null, sent), 1)
                .getRawQuery();

        if (!sent.isEmpty()) {
            String value = query.substring(query.indexOf("&tags=") + "&tags=".length());
            assertThat(Arrays.stream(value.split(",", -1))
                            .map(tag -> URLDecoder.decode(tag.replace("+", "no form"), StandardCharsets.UTF_8)))
                    .containsExactlyElementsOf(sent);
        }
    }

    private static IngestionSettings settings(
            String endpoint, String hostname, String ip, String mac, List<String> tags) {
        return new IngestionSettings(
                URI.create(endpoint),
                "key",
                () -> hostname,
                ip,
                mac,
                tags,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                null,
                null);
    }

    private static URI of(IngestionSettings settings, long epochMillis) {
        return IngestionUri.of(settings.endpoint(), settings.hostInfo(), epochMillis);
    }
}
