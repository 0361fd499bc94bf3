package io.github.dropwizardlogdna.benchmarks.receiver;

import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.GZIPInputStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Counts what arrives. Any thread.
 *
 * <p>Plain bodies are counted as they come. Compressed ones are kept and counted on demand, because inflating them would
 * take a fifth of the machine away from the measurement.
 */
final class Arrivals {

    private static final String NOTICE = " missing before this one (";
    private static final long SLOT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SLOTS = 360_000; // an hour; the last slot holds the rest
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Queue<Compressed> uncounted = new ConcurrentLinkedQueue<>();
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong wireBytes = new AtomicLong();
    private final AtomicLong textBytes = new AtomicLong();
    private final Queue<String> lossNotices = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong firstArrival = new AtomicLong();
    private final AtomicLong lastArrival = new AtomicLong();
    private final Histogram arrival = new ConcurrentHistogram(3);
    private final Histogram answer = new ConcurrentHistogram(3);

    private final long start = System.nanoTime();
    private final long cpuAtStart = SYSTEM.getProcessCpuTime();
    /** Bytes by time of arrival. */
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    private record Compressed(InputStream body, long at) {}

    void took(byte[] body, int length, boolean gzip, long at) {
        if (gzip) {
            uncounted.add(new Compressed(new ByteArrayInputStream(Arrays.copyOf(body, length)), at));
        } else {
            count(body, length, at);
        }
        wireBytes.addAndGet(length);
        requests.incrementAndGet();
        firstArrival.compareAndSet(0, at);
        lastArrival.accumulateAndGet(at, Math::max);
        slots.addAndGet((int) Math.max(0, Math.min(SLOTS - 1, (at - start) / SLOT)), length);
    }

    void refused() {
        refused.incrementAndGet();
    }

    void answered(long nanos) {
        answer.recordValue(Math.max(0, nanos));
    }

    private void count(byte[] bytes, int length, long at) {
        lines.addAndGet(Marks.count(bytes, length, sent -> arrival.recordValue(Math.max(0, at - sent))));
    }

    ReceiverReport report() {
        countCompressed();
        Mostly mostly = mostlyArrived();
        return new ReceiverReport(
                lines.get(),
                wireBytes.get(),
                textBytes.get(),
                List.copyOf(lossNotices),
                requests.get(),
                refused.get(),
                mostly.at,
                mostly.share,
                lastArrival.get(),
                arrival.getValueAtPercentile(50),
                arrival.getValueAtPercentile(99),
                answer.getValueAtPercentile(50),
                answer.getValueAtPercentile(99),
                SYSTEM.getProcessCpuTime() - cpuAtStart);
    }

    long wireBytes() {
        return wireBytes.get();
    }

    long firstArrival() {
        return firstArrival.get();
    }

    private void countCompressed() {
        byte[] text = new byte[16 << 20]; // larger than any body may be
        for (Compressed next = uncounted.poll(); next != null; next = uncounted.poll()) {
            try (GZIPInputStream in = new GZIPInputStream(next.body, 1 << 16)) {
                int length = in.readNBytes(text, 0, text.length);
                count(text, length, next.at);
                textBytes.addAndGet(length);
                findNotices(new String(text, 0, length, StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void findNotices(String body) {
        for (int at = body.indexOf(NOTICE); at >= 0; at = body.indexOf(NOTICE, at + 1)) {
            lossNotices.add(body.substring(body.lastIndexOf('"', at) + 1, body.indexOf('"', at)));
        }
    }

    private record Mostly(long at, double share) {}

    private Mostly mostlyArrived() {
        long all = wireBytes.get();
        long seen = 0;
        for (int i = 0; i < SLOTS && all > 0; i++) {
            seen += slots.get(i);
            if (seen >= all - all / 100) {
                return new Mostly(Math.min(lastArrival.get(), start + (i + 1) * SLOT), (double) seen / all);
            }
        }
        return new Mostly(0, 0);
    }
}
