package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.benchmarks.receiver.Marks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarksTest {

    private final List<Long> probes = new ArrayList<>();

    @Test
    void countsEachMarkInAnyPosition() {
        for (int before = 0; before < 20; before++) {
            String text = "x".repeat(before) + Marks.LINE + "yy" + Marks.LINE + "~z~#";
            assertThat(count(text)).as(text).isEqualTo(2);
        }
    }

    @Test
    void readsTheTimeOfAProbe() {
        assertThat(count("at " + Marks.PROBE + "123456789\",\"level\":\"INFO\""))
                .isEqualTo(1);
        assertThat(probes).containsExactly(123456789L);
    }

    @Test
    void omitsUncountedLines() {
        assertThat(count("warm-up " + Marks.UNCOUNTED + " and ~#, ~^, #~")).isZero();
    }

    private long count(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Marks.count(bytes, bytes.length, probes::add);
    }
}
