package io.github.dropwizardlogdna.shipping;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The senders of one shipper with their threads. All are added before the first one starts. */
final class Senders {

    private final SenderSignals signals;
    private final List<Sender> senders = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();

    Senders(SenderSignals signals) {
        this.signals = signals;
    }

    void add(Sender sender, Worker worker) {
        senders.add(sender);
        workers.add(worker);
    }

    Stream<Worker> workers() {
        return workers.stream();
    }

    void wakeAll() {
        signals.wakeAll();
    }

    /** Ends all requests in flight. Any thread. */
    void cutOff() {
        senders.forEach(Sender::cutOff);
    }

    /** Discards all batches that are being delivered. Call it once the threads have ended. */
    void discard() {
        senders.forEach(Sender::discard);
    }

    /** How many lines are settled of the batches that are being delivered and that the store keeps on disk. */
    long settledLinesOnDisk(BatchStore store) {
        return IntStream.range(0, senders.size())
                .filter(store::isClaimOnDisk)
                .mapToLong(sender -> senders.get(sender).settledLines())
                .sum();
    }

    /** The age in nanoseconds of the oldest line that is being delivered; zero if there is none. */
    long oldestAge(long now) {
        long age = 0;
        for (Sender sender : senders) {
            age = Math.max(age, now - sender.oldest(now));
        }
        return age;
    }
}
