package io.github.dropwizardlogdna.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Records this process's CPU time 50 times a second, so that it is known for any moment afterwards. */
final class CpuSamples {

    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

    private final ConcurrentSkipListMap<Long, Long> samples = new ConcurrentSkipListMap<>();
    private final long start = System.nanoTime();
    private final Thread thread = new Thread(this::sample, "cpu-samples");

    CpuSamples() {
        take();
        thread.setDaemon(true);
        thread.start();
    }

    /** CPU time from the first sample to this moment, in nanoseconds. */
    long until(long nanoTime) {
        // Keys count from the start, because nanoTime may pass the largest long.
        Map.Entry<Long, Long> at = samples.ceilingEntry(nanoTime - start);
        if (at == null) {
            at = samples.lastEntry();
        }
        return at.getValue() - samples.firstEntry().getValue();
    }

    private void sample() {
        while (!Thread.interrupted()) {
            take();
            LockSupport.parkNanos(INTERVAL);
        }
    }

    private void take() {
        samples.put(System.nanoTime() - start, Cpu.ofProcess());
    }

    /** Ends the sampling, so that no thread but the contender's wakes up. */
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
