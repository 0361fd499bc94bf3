package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.shipping.Division.Failure;
import io.github.dropwizardlogdna.shipping.Division.Next;
import io.github.dropwizardlogdna.shipping.Division.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DivisionTest {

    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int LINE = TestLines.line("a").length;

    private final Batch batch = TestLines.batch("a", "b", "c", "d", "e", "f", "g", "h");
    private final Division division = new Division(batch, false);

    private static Part first(Division division) {
        return division.first(UNLIMITED, true, false);
    }

    private static List<String> linesOf(Part part) {
        return TestLines.in(part.batch());
    }

    /** Fails the first part that often, and returns each next move. */
    private static List<Next> fail(Division division, Failure failure, int times) {
        List<Next> moves = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            moves.add(division.failed(first(division), failure));
        }
        return moves;
    }

    private static void take(Division division, Part part) {
        division.taken(division.numbers(part), part.batch().uncompressed());
    }

    @Test
    void sendsTheBatchItselfIfItIsNotLargerThanABody() {
        assertThat(division.first(batch.uncompressed(), true, false).batch()).isSameAs(batch);
        assertThat(division.held()).as("nothing was unpacked").isZero();

        assertThat(linesOf(division.first(batch.uncompressed() - 1, true, false)))
                .containsExactly("a", "b", "c", "d", "e", "f", "g");
        int positions = 9 * Integer.BYTES;
        assertThat(division.held()).as("no decompressed copy").isEqualTo(positions);
    }

    @Test
    void fillsABodyToTheByte() {
        int body = OpenBatch.ENVELOPE + 3 * LINE;

        assertThat(linesOf(division.first(body - 1, true, false))).containsExactly("a", "b");
        Division other = new Division(batch, false);
        Part part = other.first(body, true, false);
        assertThat(linesOf(part)).containsExactly("a", "b", "c");
        assertThat(part.batch().uncompressed()).isEqualTo(body);

        take(other, part);
        assertThat(linesOf(other.first(body, true, false))).containsExactly("d", "e", "f");
    }

    @Test
    void sendsALineThatIsLargerThanABodyAlone() {
        assertThat(linesOf(division.first(1, true, false))).containsExactly("a");
        Batch single = TestLines.batch("alone");
        assertThat(new Division(single, false).first(1, true, false).batch()).isSameAs(single);
    }

    @ParameterizedTest
    @CsvSource({
        "true,  true,  false, true",
        "true,  false, false, false", // the endpoint takes no gzip
        "false, true,  false, true", // it may take gzip again, but compressing now would delay the batch
        "false, true,  true,  false", // a trial of gzip
        "false, false, false, true",
    })
    void sendsTheBatchItselfIfItsEncodingWillDo(boolean compressed, boolean gzip, boolean trial, boolean itself) {
        OpenBatch open = new OpenBatch(compressed);
        open.add(TestLines.line("a"), 0, LINE, 1);
        Batch one = open.close(1, null);

        Batch sent = new Division(one, false).first(UNLIMITED, gzip, trial).batch();

        if (itself) {
            assertThat(sent).isSameAs(one);
        } else {
            assertThat(sent).isNotSameAs(one);
        }
        assertThat(TestLines.in(sent)).containsExactly("a");
        assertThat(sent.gzip()).isEqualTo(itself ? compressed : gzip);
    }

    @Test
    void sendsTheRestOfABatchOnceAPartIsTaken() {
        take(division, division.first(OpenBatch.ENVELOPE + 3 * LINE, true, false));

        assertThat(linesOf(first(division))).containsExactly("d", "e", "f", "g", "h");
        assertThat(division.isSettled()).isFalse();
        take(division, first(division));
        assertThat(division.isSettled()).isTrue();
    }

    @Test
    void sendsTheWholeBatchThreeTimesBeforeAnErrorDividesIt() {
        assertThat(fail(division, Failure.ERROR, 2)).containsOnly(Next.PAUSE);
        assertThat(first(division).batch()).isSameAs(batch);

        assertThat(fail(division, Failure.ERROR, 1)).containsExactly(Next.PAUSE);
        assertThat(linesOf(first(division))).containsExactly("a", "b", "c", "d");
        assertThat(fail(division, Failure.ERROR, 1)).containsExactly(Next.PAUSE);
        assertThat(linesOf(first(division))).as("parts shrink fast").containsExactly("a");
    }

    @Test
    void dividesTheBatchAtTheFirstErrorIfLinesWereRefusedRecently() {
        Division suspicious = new Division(batch, true);

        assertThat(fail(suspicious, Failure.ERROR, 1)).containsExactly(Next.PAUSE);

        assertThat(linesOf(first(suspicious))).containsExactly("a", "b", "c", "d");
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"SIZE", "CONTENT"})
    void dividesTheBatchAtOnceIfTheStatusIsAboutIt(Failure failure) {
        assertThat(fail(division, failure, 1)).containsExactly(Next.AT_ONCE);

        assertThat(linesOf(first(division))).containsExactly("a", "b", "c", "d");
    }

    @ParameterizedTest
    @EnumSource
    void dividesAtOnceWhileOtherPartsAreTaken(Failure failure) {
        take(division, division.first(OpenBatch.ENVELOPE + 2 * LINE, true, false));
        if (failure == Failure.LINE_BY_LINE) {
            assertThat(fail(division, failure, 1)).containsExactly(Next.PAUSE);
            assertThat(linesOf(first(division)))
                    .as("others of the same 207 were taken")
                    .hasSize(6);
        } else {
            assertThat(fail(division, failure, 1)).containsExactly(Next.AT_ONCE);
            assertThat(linesOf(first(division))).containsExactly("c", "d", "e");
        }
    }

    @ParameterizedTest
    @CsvSource({"ERROR, 3", "NO_RESPONSE, 6", "LINE_BY_LINE, 6", "CONTENT, 1", "SIZE, 1"})
    void aLineFailsAloneSeveralTimesBeforeAndAfterTheProbe(Failure failure, int times) {
        Division single = new Division(TestLines.batch("a"), false);
        assertThat(fail(single, failure, times - 1)).allMatch(Next.PAUSE::equals);
        assertThat(single.isProbing()).isFalse();

        fail(single, failure, 1);
        assertThat(single.isProbing()).isTrue();
        single.probeTaken();
        assertThat(single.isProbing()).isFalse();
        assertThat(fail(single, failure, times - 1)).allMatch(Next.PAUSE::equals);

        assertThat(fail(single, failure, 1)).containsExactly(Next.DROP);
        single.dropped(new int[] {0});
        assertThat(single.isSettled()).isTrue();
    }

    @Test
    void aLineFailsAloneBeforeAndAfterOthersAreTaken() {
        take(division, division.first(OpenBatch.ENVELOPE + 5 * LINE, true, false));
        assertThat(fail(division, Failure.CONTENT, 1)).containsExactly(Next.AT_ONCE);
        assertThat(linesOf(first(division))).containsExactly("f");

        assertThat(fail(division, Failure.CONTENT, 1)).containsExactly(Next.AT_ONCE);
        assertThat(linesOf(first(division))).as("the others, without it").containsExactly("g", "h");
        take(division, first(division));
        assertThat(linesOf(first(division))).as("once more").containsExactly("f");

        assertThat(fail(division, Failure.CONTENT, 1)).containsExactly(Next.DROP);
        division.dropped(new int[] {5});
        assertThat(division.isSettled()).isTrue();
    }

    @Test
    void theWholeBatchWaitsLongerAfterASearchInVain() {
        fail(division, Failure.ERROR, 7); // three of all, one of four, three of one
        assertThat(division.isProbing()).isTrue();
        assertThat(division.isInVain()).isFalse();

        division.probeFailed();

        assertThat(division.isProbing()).isFalse();
        assertThat(division.isInVain()).isTrue();
        assertThat(fail(division, Failure.ERROR, 5)).containsOnly(Next.PAUSE);
        assertThat(first(division).batch()).isSameAs(batch);
        fail(division, Failure.ERROR, 1);
        assertThat(linesOf(first(division))).containsExactly("a", "b", "c", "d");

        take(division, first(division));
        assertThat(division.isInVain()).isFalse();
    }

    @Test
    void knowsWhichSizesWereTaken() {
        assertThat(division.hasTaken(1)).isFalse();
        division.taken(new int[] {0, 1}, 100);
        division.taken(new int[] {2}, 50);

        assertThat(division.hasTaken(100)).isTrue();
        assertThat(division.hasTaken(101)).isFalse();
    }
}
