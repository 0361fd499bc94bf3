package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UntrustedTextTest {

    @Test
    void removesControlCharactersAndLineSeparators() {
        assertThat(UntrustedText.cleaned(
                        "a\r\n\u001b[31m\u0085\u2028\u2029\u202e\u2066\u200b\ufeff\ud800\ue000b Gr\u00fc\u00dfe"))
                .matches("a +\\[31m +b Gr\u00fc\u00dfe");
    }

    @Test
    void isBounded() {
        assertThat(UntrustedText.cleaned("x".repeat(1_000_000))).hasSize(203);
    }
}
