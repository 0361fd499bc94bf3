package io.github.dropwizardlogdna.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalTest {
    private final List<String> problems = new ArrayList<>();

    @Test
    void returnsTheLineThatNamesTheVersionFoundAndThoseNeeded() {
        String output = "INFO starting\nlogdna found Dropwizard 4.0.11 and needs 4.0.12 or later\n\tat a stack trace";

        assertThat(Refusal.message(output, "4.0.11", problems))
                .isEqualTo("logdna found Dropwizard 4.0.11 and needs 4.0.12 or later");
        assertThat(problems).isEmpty();
    }

    @Test
    void findsAStartThatStopsWithoutSayingWhatIsNeeded() {
        Refusal.message("java.lang.NoClassDefFoundError: x/Y\n\tat logdna 4.0.11", "4.0.11", problems);

        assertThat(problems).hasSize(1);
    }
}
