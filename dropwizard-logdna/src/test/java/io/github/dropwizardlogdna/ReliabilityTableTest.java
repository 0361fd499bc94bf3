package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.Fault.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Generates the two tables of {@code docs/reliability.md} from the figures that the tests assert, and fails if the document
 * has others. {@code mvn -pl dropwizard-logdna -am test -Dtest=ReliabilityTableTest -Dwrite.tables} writes them.
 */
class ReliabilityTableTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "reliability.md");
    private static final String ENDPOINT = "### What is wrong with the endpoint";
    private static final String OTHER_SIDE = "### When the buffer fills or the process ends during an outage";
    private static final String ONE_BATCH = "one batch";
    private static final String NONE_OR_ONE_BATCH = "0, or one batch if a response was lost";
    private static final List<String> HEAD = List.of(
            "| fault | what happens | test | logged | delivered | dropped | twice |", "|---|---|---|---|---|---|---|");

    /** A row; figures are text, because some rows have words instead. */
    private record Row(
            String fault, String effect, String test, String logged, String delivered, String dropped, String twice) {

        static Row of(String fault, String effect, String test, int logged, int delivered, int dropped, String twice) {
            return new Row(fault, effect, test, figure(logged), figure(delivered), figure(dropped), twice);
        }

        private static String figure(int lines) {
            return String.format(Locale.ROOT, "%,d", lines);
        }

        String markdown() {
            return "| " + String.join(" | ", fault, effect, "`" + test + "`", logged, delivered, dropped, twice) + " |";
        }
    }

    private static List<Row> faultsOfTheEndpoint() {
        Stream<Row> faults = Arrays.stream(Fault.values())
                .map(fault -> Row.of(
                        fault.toString(),
                        fault.effect(),
                        "FaultMatrixTest",
                        FaultMatrixTest.LINES,
                        FaultMatrixTest.LINES - fault.refused(),
                        fault.refused(),
                        fault.is(Trait.ANSWER_LOST) ? ONE_BATCH : "0"));
        Row unknownHost = Row.of(
                "DNS does not know the host, and then does",
                "retried; the JVM caches a failed look-up for 10 s " + "(`networkaddress.cache.negative.ttl`)",
                "UnknownHostTest.linesArriveOnceTheNameIsKnown",
                UnknownHostProgram.LINES,
                UnknownHostProgram.LINES,
                0,
                "0");
        return Stream.concat(faults, Stream.of(unknownHost)).toList();
    }

    private static List<Row> faultsElsewhere() {
        int lines = FaultMatrixTest.LINES;
        int before = FaultMatrixTest.LINES_BEFORE;
        String killed = Row.figure(KillTest.LINES) + " or fewer";
        return List.of(
                new Row(
                        "an outage with more lines than `bufferSize` holds",
                        "new lines are dropped, INFO and below first; counted, reported, and reported in "
                                + "LogDNA once there is room",
                        "FaultMatrixTest.linesThatDoNotFitAreCountedAndReported",
                        Row.figure(lines),
                        "what fitted",
                        "the others, each counted and reported",
                        NONE_OR_ONE_BATCH),
                Row.of(
                        "the same with `neverBlock: false`",
                        "the logging threads wait for room in the buffer",
                        "FaultMatrixTest.blockedThreadsLoseNothing",
                        lines,
                        lines,
                        0,
                        "0"),
                Row.of(
                        "the same with a spool",
                        "the batches wait on disk; no thread waits for the endpoint",
                        "FaultMatrixTest.aSpoolHoldsLinesThatDoNotFitInMemory",
                        lines,
                        lines,
                        0,
                        NONE_OR_ONE_BATCH),
                Row.of(
                        "the process ends in an outage",
                        "attempts go on for `shutdownTimeout`; then the rest is counted as `abandoned`, and "
                                + "reported on stderr as well",
                        "FaultMatrixTest.aShutdownDuringTheFaultAbandonsTheRestAndReportsIt",
                        lines,
                        before,
                        lines - before,
                        "0"),
                Row.of(
                        "the same with a spool",
                        "the rest is kept and reported; the next process delivers it, oldest first",
                        "FaultMatrixTest.aShutdownDuringTheFaultLeavesTheRestInTheSpool",
                        lines,
                        lines,
                        0,
                        NONE_OR_ONE_BATCH),
                new Row(
                        "`kill -9`",
                        "the lines in memory are lost, uncounted",
                        "KillTest.withoutASpoolLosesAtMostUndeliveredLines",
                        killed,
                        "all that were older than `flushInterval` and a request",
                        "not counted: the youngest",
                        "0"),
                new Row(
                        "`kill -9` with a spool",
                        "the next process delivers the files, oldest first",
                        "KillTest.losesAtMostTheLinesOfTheLastFlushInterval",
                        killed,
                        "all that were older than `flushInterval`",
                        "not counted: the youngest",
                        "0, or one batch that was taken and not deleted yet"));
    }

    @Test
    void theDocumentHasTheTables() throws IOException {
        String document = Files.readString(DOCUMENT);
        String generated =
                withTable(withTable(document, ENDPOINT, faultsOfTheEndpoint()), OTHER_SIDE, faultsElsewhere());
        if (System.getProperty("write.tables") != null) {
            Files.writeString(DOCUMENT, generated);
        }

        assertThat(Files.readString(DOCUMENT)).isEqualTo(generated);
    }

    /** The document with this table in place of the first one after a heading. */
    private static String withTable(String document, String heading, List<Row> rows) {
        List<String> lines = List.of(document.split("\n", -1));
        int start = lines.indexOf(heading);
        assertThat(start).as(heading).isNotNegative();
        while (!lines.get(start).startsWith("|")) {
            start++;
        }
        int end = start;
        while (lines.get(end).startsWith("|")) {
            end++;
        }
        List<String> all = new ArrayList<>(lines.subList(0, start));
        all.addAll(HEAD);
        rows.forEach(row -> all.add(row.markdown()));
        all.addAll(lines.subList(end, lines.size()));
        return String.join("\n", all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"## In short", ENDPOINT, OTHER_SIDE, "## What survives what"})
    void noCellIsEmpty(String heading) throws IOException {
        List<List<String>> table = tableAfter(heading);

        assertThat(table).isNotEmpty().allSatisfy(cells -> assertThat(cells)
                .hasSameSizeAs(table.get(0))
                .noneMatch(String::isBlank));
    }

    @Test
    void theTestsExist() {
        Set<String> tests = Stream.of(FaultMatrixTest.class, UnknownHostTest.class, KillTest.class)
                .flatMap(test -> Stream.concat(Stream.of(test.getSimpleName()), methods(test)))
                .collect(Collectors.toSet());

        assertThat(Stream.concat(faultsOfTheEndpoint().stream(), faultsElsewhere().stream()))
                .extracting(Row::test)
                .isSubsetOf(tests);
    }

    private static Stream<String> methods(Class<?> test) {
        return Arrays.stream(test.getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(method -> test.getSimpleName() + "." + method.getName());
    }

    /** The cells of the first table after a heading, without its head. */
    private static List<List<String>> tableAfter(String heading) throws IOException {
        List<String> document = Files.readAllLines(DOCUMENT);
        assertThat(document).contains(heading);
        return document.stream()
                .dropWhile(line -> !line.equals(heading))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }
}
