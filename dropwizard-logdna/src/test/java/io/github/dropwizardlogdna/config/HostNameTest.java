package io.github.dropwizardlogdna.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  ", "(none)", "(none)\n", "a\nb", "a\u0000b", "a\u001b[31mb", "a\u0085b", "a b"})
    void skipsAnInvalidName(String candidate) {
        assertThat(HostName.first(candidate, "web-1\n").get()).isEqualTo("web-1");
    }

    @Test
    void skipsANameThatTheEndpointWouldRefuse() {
        assertThat(HostName.first("x".repeat(257), "web-1").get()).isEqualTo("web-1");
        assertThat(HostName.first("x".repeat(256), "web-1").get()).hasSize(256);
    }

    @Test
    void withoutANameItQueriesTheDns() {
        assertThat(HostName.first("(none)", null).get()).isNotBlank();
    }
}
