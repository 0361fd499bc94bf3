package io.github.dropwizardlogdna.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalTest {
    private static final String MESSAGE =
            "java.lang.IllegalStateException: Appender 'logdna' can't work with the libraries"
                    + " of this service: java.lang.NoClassDefFoundError: x/Y. Found: dropwizard-logdna 1.0.0, Dropwizard 4.0.11,"
                    + " Jersey 3.0.16. Needed: Dropwizard 4.0.12 or later. What to do: import another.";

    @Test
    void findsNothingIfVersionsAndRemedyArePrinted() {
        assertThat(Refusal.problems("INFO starting\n" + MESSAGE + "\n\tat a stack trace", "4.0.11"))
                .isEmpty();
    }

    @Test
    void findsAMessageThatNamesAnotherVersion() {
        assertThat(Refusal.problems(MESSAGE, "4.0.1")).hasSize(1);
    }

    @Test
    void findsARefusalThatDoesNotNameTheNeededVersions() {
        assertThat(Refusal.problems("java.lang.NoClassDefFoundError: x/Y\n\tat logdna 4.0.11", "4.0.11"))
                .hasSize(1);
    }
}
