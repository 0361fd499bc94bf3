package io.github.dropwizardlogdna.local.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.tail.TailLog.Excerpt;
import io.github.dropwizardlogdna.local.tail.TailLog.Received;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TailLogTest {

    private static final int PLENTY = 1_000_000;

    private final TailLog log = new TailLog(5, PLENTY);

    @Test
    void returnsItsLinesFromTheBeginning() {
        append(log, "a", "b");
        append(log, "c");

        Excerpt excerpt = log.after(0, PLENTY);

        assertThat(texts(excerpt)).containsExactly("a", "b", "c");
        assertThat(excerpt.last()).isEqualTo(3);
        assertThat(excerpt.skipped()).isZero();
    }

    @Test
    void continuesAfterTheLastSeenLine() {
        append(log, "a", "b", "c");

        assertThat(texts(log.after(2, PLENTY))).containsExactly("c");
        assertThat(texts(log.after(3, PLENTY))).isEmpty();
        assertThat(log.after(3, PLENTY).last()).isEqualTo(3);
    }

    @Test
    void limitsTheNumberOfLinesAndReportsTheMissingOnes() {
        append(log, "a", "b", "c", "d", "e", "f", "g");

        Excerpt fromTheBeginning = log.after(0, PLENTY);
        Excerpt afterTheFirst = log.after(1, PLENTY);

        assertThat(texts(fromTheBeginning)).containsExactly("c", "d", "e", "f", "g");
        assertThat(fromTheBeginning.skipped()).isEqualTo(2);
        assertThat(afterTheFirst.skipped()).isEqualTo(1);
        assertThat(log.after(2, PLENTY).skipped()).isZero();
    }

    @Test
    void limitsTheNumberOfBytes() {
        TailLog small = new TailLog(1_000, 10_000);

        IntStream.range(0, 500).forEach(i -> append(small, "x".repeat(i % 97)));

        Excerpt excerpt = small.after(0, PLENTY);
        assertThat(excerpt.lines().stream().mapToInt(line -> line.length).sum()).isBetween(5_000, 10_000);
        assertThat(excerpt.skipped() + excerpt.lines().size()).isEqualTo(500);
        assertThat(excerpt.last()).isEqualTo(500);
    }

    @Test
    void skipsASingleLineAboveTheLimit() {
        TailLog small = new TailLog(5, 1_000);

        append(small, "a", "x".repeat(1_001));
        assertThat(small.after(0, PLENTY).skipped()).isEqualTo(2);
        assertThat(texts(small.after(0, PLENTY))).isEmpty();

        append(small, "b");
        assertThat(texts(small.after(2, PLENTY))).containsExactly("b");
    }

    @Test
    void returnsTheRequestedBytesButAtLeastOneLine() {
        append(log, "aaaa", "bbbb", "cccc");

        assertThat(texts(log.after(0, 8))).containsExactly("aaaa", "bbbb");
        assertThat(texts(log.after(2, 8))).containsExactly("cccc");
        assertThat(texts(log.after(0, 1))).containsExactly("aaaa");
    }

    @Test
    void treatsANumberFromTheFutureAsTheLast() {
        append(log, "a");
        assertThat(log.after(Long.MAX_VALUE, PLENTY).last()).isEqualTo(1);

        append(log, "b");
        assertThat(log.after(Long.MAX_VALUE, PLENTY).lines()).isEmpty();
    }

    @Test
    void countsAllLinesThatEverArrived() {
        log.append(lines("a", "b", "c", "d", "e", "f"), 10, 100);
        log.append(List.of(), 1, 12);

        assertThat(log.after(0, PLENTY).received()).isEqualTo(new Received(6, 2, 11, 112));
    }

    private static void append(TailLog log, String... texts) {
        log.append(lines(texts), 0, 0);
    }

    private static List<byte[]> lines(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    private static List<String> texts(Excerpt excerpt) {
        return excerpt.lines().stream().map(line -> new String(line, UTF_8)).toList();
    }
}
