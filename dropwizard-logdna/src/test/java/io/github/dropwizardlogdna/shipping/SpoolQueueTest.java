package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import io.github.dropwizardlogdna.shipping.SpoolQueue.Written;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpoolQueueTest {

    private final SpoolQueue queue = new SpoolQueue(1_000);

    private static Entry inMemory(String file, int firstLine) {
        return Entry.inMemory(file, TestLines.batch("a", "b").at(firstLine));
    }

    private static Entry onDisk(String file, int size) {
        return Entry.onDisk(file, size, TestLines.batch("a", "b").at(0));
    }

    @Test
    void eachSenderClaimsTheOldestBatchThatNoOtherHas() {
        assertThat(queue.hasBatchFor(0)).isFalse();
        queue.add(onDisk("1", 10));
        queue.add(inMemory("2", 0));

        assertThat(queue.claim(0).file()).isEqualTo("1");
        assertThat(queue.claim(0).file()).as("the same again").isEqualTo("1");
        assertThat(queue.hasBatchFor(0)).isTrue();
        assertThat(queue.hasBatchFor(1)).isTrue();
        assertThat(queue.claim(1).file()).isEqualTo("2");
        assertThat(queue.hasBatchFor(1)).isTrue();
        assertThat(queue.hasBatchFor(2)).isFalse();
        assertThat(queue.claim(2)).isNull();
        assertThat(queue.isClaimOnDisk(0)).isTrue();
        assertThat(queue.isClaimOnDisk(1)).isFalse();
        assertThat(queue.isClaimOnDisk(2)).isFalse();

        assertThat(queue.remove(0).entry().file()).isEqualTo("1");
        assertThat(queue.remove(0)).isNull();
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.hasBatchFor(0)).isFalse();
    }

    @Test
    void aBatchThatIsWrittenKeepsItsPlace() {
        Entry first = inMemory("1", 0);
        Entry second = inMemory("2", 2);
        queue.add(first);
        queue.add(second);
        queue.add(onDisk("3", 10));
        assertThat(queue.beginWrite()).isEqualTo(first);
        queue.endWrite();
        assertThat(queue.unwritten()).containsExactly(first, second);

        assertThat(queue.written(second, onDisk("2", 20))).isEqualTo(Written.RELEASED);
        assertThat(queue.written(first, onDisk("1", 30))).isEqualTo(Written.RELEASED);

        assertThat(queue.beginWrite()).isNull();
        assertThat(queue.unwritten()).isEmpty();
        assertThat(queue.bytes()).isEqualTo(60);
        for (String file : List.of("1", "2", "3")) {
            Entry claimed = queue.claim(0);
            assertThat(claimed.file()).isEqualTo(file);
            assertThat(claimed.batch()).as("only on disk").isNull();
            queue.remove(0);
        }
    }

    @Test
    void aBatchThatIsWrittenWhileItIsDeliveredStaysInMemoryAsWell() {
        Entry other = onDisk("1", 10);
        Entry entry = inMemory("2", 0);
        queue.add(other);
        queue.add(entry);
        queue.claim(0);
        queue.claim(1);

        assertThat(queue.written(entry, onDisk("2", 20))).isEqualTo(Written.CLAIMED);

        assertThat(queue.claim(0)).isEqualTo(other);
        assertThat(queue.claim(1).batch()).isSameAs(entry.batch());
        assertThat(queue.isClaimOnDisk(1)).isTrue();
        Entry removed = queue.remove(1).entry();
        assertThat(removed.size()).isEqualTo(20);
        queue.deleted(removed);
        assertThat(queue.bytes()).isEqualTo(10);
    }

    @Test
    void aBatchThatIsWrittenTooLateIsInNoneOfThePlaces() {
        Entry entry = inMemory("1", 0);
        queue.add(entry);
        queue.claim(0);
        queue.remove(0);
        assertThat(queue.written(entry, onDisk("1", 10))).isEqualTo(Written.DELIVERED);
        queue.deleted(onDisk("1", 10));
        assertThat(queue.bytes()).isZero();
        assertThat(queue.beginWrite()).isNull();

        Entry last = inMemory("2", 0);
        queue.add(last);
        queue.close();
        queue.keepFiles();

        assertThat(queue.written(last, onDisk("2", 10))).isEqualTo(Written.CLOSED);
    }

    @Test
    void isFullAboveItsSizeUntilABatchIsRemoved() {
        queue.add(onDisk("1", 400));
        assertThat(queue.hasRoomFor(600)).isTrue();
        assertThat(queue.isFull()).isFalse();
        Entry waiting = inMemory("2", 0);
        queue.add(waiting);

        assertThat(queue.hasRoomFor(601)).isFalse();
        assertThat(queue.isFull()).isTrue();
        assertThat(queue.beginWrite()).as("it would not fit either").isNull();

        queue.claim(0);
        queue.deleted(queue.remove(0).entry());
        assertThat(queue.isFull()).isFalse();
        assertThat(queue.beginWrite()).isEqualTo(waiting);
        assertThat(queue.bytes()).isZero();
    }

    /** Read together with the removal, or the batcher could find the spool full in between and never be woken. */
    @Test
    void tellsWhetherItWasFullWhenABatchWasRemoved() {
        queue.add(onDisk("1", 400));
        queue.add(onDisk("2", 400));
        queue.claim(0);
        queue.claim(1);
        queue.hasRoomFor(601);

        assertThat(queue.remove(0).wasFull()).isTrue();
        assertThat(queue.isFull()).isFalse();
        assertThat(queue.remove(1).wasFull()).isFalse();
    }

    private void fillBesides(Entry delivered) {
        queue.add(delivered);
        queue.claim(0);
        queue.remove(0);
        assertThat(queue.hasRoomFor(200)).isFalse();
    }

    @Test
    void hasRoomAgainOnceADeliveredFileIsDeleted() {
        Entry delivered = onDisk("1", 900);
        fillBesides(delivered);
        Entry waiting = inMemory("2", 0);
        queue.add(waiting);

        assertThat(queue.deleted(delivered)).isTrue();

        assertThat(queue.isFull()).isFalse();
        assertThat(queue.beginWrite()).isEqualTo(waiting);
        queue.add(onDisk("3", 1));
        assertThat(queue.deleted(onDisk("3", 1))).as("it was not full").isFalse();
    }

    @Test
    void hasRoomAgainOnceADeliveredFileIsMarked() {
        Entry delivered = onDisk("1", 900);
        fillBesides(delivered);

        queue.notDeleted(delivered, delivered);
        assertThat(queue.isFull()).isTrue();
        queue.notDeleted(delivered, delivered.delivered(10));
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void hasRoomAgainOnceADamagedFileIsGone() {
        queue.add(onDisk("1", 900));
        assertThat(queue.hasRoomFor(200)).isFalse();

        assertThat(queue.setAside(0, queue.claim(0), 900)).isFalse();
        assertThat(queue.isFull()).isTrue();

        queue.add(onDisk("2", 100));
        assertThat(queue.setAside(0, queue.claim(0), 0)).isTrue();
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void aBatchThatIsUnderwayIsWrittenByNoOtherThread() {
        Entry first = inMemory("1", 0);
        Entry second = inMemory("2", 0);
        queue.add(first);
        queue.add(second);
        assertThat(queue.beginWrite()).isEqualTo(first);

        assertThat(queue.unwritten()).containsExactly(second);
        queue.endWrite();
        assertThat(queue.unwritten()).containsExactly(first, second);
    }

    @Test
    void knowsHowManyLinesCameBeforeTheOldestOne() {
        assertThat(queue.linesBefore()).isEqualTo(Batch.FOREIGN);
        queue.add(inMemory("1", 70));
        queue.add(inMemory("2", 72));
        queue.addRecovered(List.of(Entry.recovered("0", 10)), 0, 0);
        assertThat(queue.linesBefore()).isEqualTo(70);

        queue.claim(0);
        queue.remove(0);
        assertThat(queue.linesBefore()).isEqualTo(72);
    }

    @Test
    void recoveredFilesFollowWhatIsInMemoryAndCount() {
        queue.add(inMemory("2", 0));

        queue.addRecovered(List.of(Entry.recovered("0", 10), Entry.recovered("1", 20)), 3, 100);

        assertThat(queue.bytes()).isEqualTo(130);
        assertThat(queue.size()).isEqualTo(3);
        for (String file : List.of("2", "0", "1")) {
            assertThat(queue.claim(0).file()).isEqualTo(file);
            queue.remove(0);
        }
    }

    @Test
    void filesThatHoldNoBatchTakeAQuarterOfTheSpoolAtMost() {
        queue.addRecovered(List.of(), 1, 800);
        assertThat(queue.bytes()).isEqualTo(250);
        assertThat(queue.maySetAside(0)).isTrue();
        assertThat(queue.maySetAside(1)).isFalse();
    }

    @Test
    void aFileThatIsSetAsideStillCountsAsFarAsItIsLeft() {
        queue.add(onDisk("1", 100));
        queue.add(onDisk("2", 100));
        queue.claim(0);
        queue.setAside(0, onDisk("1", 100), 100);
        assertThat(queue.bytes()).isEqualTo(200);
        assertThat(queue.maySetAside(150)).isTrue();
        assertThat(queue.maySetAside(151)).isFalse();

        queue.setAside(0, queue.claim(0), 0);

        assertThat(queue.bytes()).isEqualTo(100);
        assertThat(queue.size()).isZero();
        assertThat(queue.maySetAside(150)).isTrue();
        assertThat(queue.hasBatchFor(0)).isFalse();
    }

    @Test
    void setsAsideAHundredFilesAtMost() {
        SpoolQueue large = new SpoolQueue(1 << 20);
        large.addRecovered(List.of(), 98, 98);
        Entry empty = onDisk("0", 10);
        large.setAside(0, empty, 0);
        assertThat(large.maySetAside(1)).isTrue();
        large.setAside(0, empty, 1);
        assertThat(large.maySetAside(1)).isTrue();

        large.setAside(0, empty, 1);

        assertThat(large.maySetAside(1)).isFalse();
    }

    @Test
    void aDeliveredFileThatCannotBeDeletedCountsAsFarAsItIsLeft() {
        queue.add(onDisk("1", 100));
        queue.claim(0);
        Entry delivered = queue.remove(0).entry();
        Entry left = delivered.delivered(8);

        queue.notDeleted(delivered, left);
        assertThat(queue.bytes()).isEqualTo(8);
        assertThat(queue.undeleted()).containsExactly(left);

        queue.deleted(left);
        assertThat(queue.bytes()).isZero();
        assertThat(queue.undeleted()).isEmpty();
    }

    @Test
    void findsAnotherFileThanAGivenOne() {
        Entry one = onDisk("1", 10);
        queue.add(inMemory("0", 0));
        queue.add(one);
        assertThat(queue.anotherFile(one)).isNull();

        Entry other = onDisk("2", 10);
        queue.add(other);

        assertThat(queue.anotherFile(one)).isEqualTo(other);
        assertThat(queue.anotherFile(other)).isEqualTo(one);
    }

    @Test
    void onceClosedItKeepsTheFilesOfThisProcessForTheNextOne() {
        queue.add(inMemory("2", 0));
        queue.add(onDisk("3", 10));
        queue.addRecovered(List.of(Entry.recovered("0", 10)), 0, 0);
        queue.claim(0);
        queue.close();

        assertThat(queue.isClosed()).isTrue();
        assertThat(queue.claim(0)).isNull();
        assertThat(queue.claim(1)).isNull();
        assertThat(queue.remove(0)).isNull();
        assertThat(queue.hasBatchFor(0)).isFalse();
        assertThat(queue.beginWrite()).isNull();
        assertThat(queue.keepFiles()).as("lines").isEqualTo(2);
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.unwritten()).isEmpty();
    }
}
