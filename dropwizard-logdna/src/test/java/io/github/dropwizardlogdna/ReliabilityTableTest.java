package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.Fault.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables in {@code docs/reliability.md} say what the tests show: no more, no less, nothing else. */
class ReliabilityTableTest {

    private static final String ENDPOINT = "### What is wrong with the endpoint";
    private static final String OTHER_SIDE = "### What an outage meets on the other side";
    private static final String ONE_BATCH = "one batch";
    private static final String NONE_OR_ONE_BATCH = "0, or one batch where an answer was lost";

    /** A row with figures, but for what it says in words. */
    private record Row(String fault, String test, String logged, String delivered, String dropped, String twice) {

        static Row of(String fault, String test, int logged, int delivered, int dropped, String twice) {
            return new Row(fault, test, figure(logged), figure(delivered), figure(dropped), twice);
        }

        private static String figure(int lines) {
            return String.format(Locale.ROOT, "%,d", lines);
        }
    }

    @Test
    void eachFaultHasARowWithTheFiguresOfItsTest() throws IOException {
        Stream<Row> faults = Arrays.stream(Fault.values())
                .map(fault -> Row.of(
                        fault.toString(),
                        "FaultMatrixTest",
                        FaultMatrixTest.LINES,
                        FaultMatrixTest.LINES - fault.refused(),
                        fault.refused(),
                        fault.is(Trait.ANSWER_LOST) ? ONE_BATCH : "0"));
        Row unknownHost = Row.of(
                "DNS does not know the host, and then does",
                "UnknownHostTest.linesArriveOnceTheNameIsKnown",
                UnknownHostProgram.LINES,
                UnknownHostProgram.LINES,
                0,
                "0");
        assertThat(rowsBelow(ENDPOINT))
                .containsExactlyElementsOf(
                        Stream.concat(faults, Stream.of(unknownHost)).toList());
    }

    @Test
    void whatAnOutageMeetsHasTheFiguresOfItsTests() throws IOException {
        int lines = FaultMatrixTest.LINES;
        int before = FaultMatrixTest.LINES_BEFORE;
        String killed = Row.figure(KillTest.LINES) + " or fewer";
        assertThat(rowsBelow(OTHER_SIDE))
                .containsExactly(
                        new Row(
                                "an outage with more lines than `bufferSize` holds",
                                "FaultMatrixTest.whatDoesNotFitIsCountedAndTold",
                                Row.figure(lines),
                                "what fitted",
                                "the others, each counted and told",
                                NONE_OR_ONE_BATCH),
                        Row.of(
                                "the same with `neverBlock: false`",
                                "FaultMatrixTest.threadsThatWereToldToWaitLoseNothing",
                                lines,
                                lines,
                                0,
                                "0"),
                        Row.of(
                                "the same with a spool",
                                "FaultMatrixTest.aSpoolHoldsWhatMemoryCannot",
                                lines,
                                lines,
                                0,
                                NONE_OR_ONE_BATCH),
                        Row.of(
                                "the process ends in an outage",
                                "FaultMatrixTest.anEndInTheMiddleAbandonsTheRestAndTells",
                                lines,
                                before,
                                lines - before,
                                "0"),
                        Row.of(
                                "the same with a spool",
                                "FaultMatrixTest.anEndInTheMiddleLeavesTheRestInTheSpool",
                                lines,
                                lines,
                                0,
                                NONE_OR_ONE_BATCH),
                        new Row(
                                "`kill -9`",
                                "KillTest.withoutASpoolLosesAtMostWhatTheEndpointHasNotTakenYet",
                                killed,
                                "all that were older than `flushInterval` and a request",
                                "not counted: the youngest",
                                "0"),
                        new Row(
                                "`kill -9` with a spool",
                                "KillTest.losesAtMostTheLinesOfTheLastFlushInterval",
                                killed,
                                "all that were older than `flushInterval`",
                                "not counted: the youngest",
                                "0, or one batch that was taken and not deleted yet"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"## In short", ENDPOINT, OTHER_SIDE, "## What survives what"})
    void noCellIsEmpty(String heading) throws IOException {
        List<List<String>> table = tableBelow(heading);

        assertThat(table).isNotEmpty().allSatisfy(cells -> assertThat(cells)
                .hasSameSizeAs(table.get(0))
                .noneMatch(String::isBlank));
    }

    @Test
    void theTestsExist() throws IOException {
        Set<String> tests = Stream.of(FaultMatrixTest.class, UnknownHostTest.class, KillTest.class)
                .flatMap(test -> Stream.concat(Stream.of(test.getSimpleName()), methods(test)))
                .collect(Collectors.toSet());

        assertThat(Stream.concat(rowsBelow(ENDPOINT).stream(), rowsBelow(OTHER_SIDE).stream()))
                .extracting(Row::test)
                .isSubsetOf(tests);
    }

    private static Stream<String> methods(Class<?> test) {
        return Arrays.stream(test.getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(method -> test.getSimpleName() + "." + method.getName());
    }

    /** What the document says in figures: all columns but the second, which is prose. */
    private static List<Row> rowsBelow(String heading) throws IOException {
        return tableBelow(heading).stream()
                .map(cells -> new Row(
                        cells.get(0),
                        cells.get(2).replace("`", ""),
                        cells.get(3),
                        cells.get(4),
                        cells.get(5),
                        cells.get(6)))
                .toList();
    }

    /** The cells of the first table below a heading, without its head. */
    private static List<List<String>> tableBelow(String heading) throws IOException {
        List<String> document = Files.readAllLines(Path.of("..", "docs", "reliability.md"));
        assertThat(document).contains(heading);
        return document.stream()
                .dropWhile(line -> !line.equals(heading))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> Pattern.compile("\\|")
                        .splitAsStream(line.substring(1))
                        .map(String::strip)
                        .toList())
                .toList();
    }
}
