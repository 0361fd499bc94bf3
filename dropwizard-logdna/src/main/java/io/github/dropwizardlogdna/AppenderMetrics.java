package io.github.dropwizardlogdna;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * The metrics of an application's appenders, as sums over all of them. They exist from the first appender on, so that
 * nothing is missing from them when the bundle registers them later.
 *
 * <p>The counting itself is done by the shippers. A meter here catches up with its count when a shipper has done some
 * work ({@link #update}), which keeps its rates right, and when it is read, which keeps its count right; the logging
 * thread pays nothing for it.
 */
final class AppenderMetrics {

    private final Collection<LogDnaAppender<?>> appenders;
    private final Map<String, Metric> metrics = new LinkedHashMap<>();
    private final Timer requests = new Timer();

    AppenderMetrics(Collection<LogDnaAppender<?>> appenders) {
        this.appenders = appenders;
        meter("logdna.lines.accepted", Shipper::accepted);
        meter("logdna.lines.delivered", Shipper::delivered);
        meter("logdna.lines.recovered", Shipper::recovered);
        meter("logdna.lines.dropped", Shipper::dropped);
        for (DropReason reason : DropReason.values()) {
            meter("logdna.lines.dropped." + reason.key(), shipper -> shipper.dropped(reason));
        }
        meter("logdna.bytes.sent", Shipper::bytesSent);
        metrics.put("logdna.requests", requests);
        meter("logdna.requests.failed", Shipper::requestsFailed);
        meter("logdna.requests.retried", Shipper::requestsRetried);
        gauge("logdna.buffer.lines", () -> sum(Shipper::heldLines));
        gauge("logdna.buffer.bytes", () -> sum(Shipper::heldBytes));
        gauge("logdna.spool.bytes", () -> sum(Shipper::bytesOnDisk));
        gauge("logdna.oldest-line-age-ms", this::oldestAge);
    }

    void registerWith(MetricRegistry registry) {
        metrics.forEach((name, metric) -> {
            registry.remove(name); // of an application that ran before in this JVM
            registry.register(name, metric);
        });
    }

    void update() {
        for (Metric metric : metrics.values()) {
            if (metric instanceof CountedMeter meter) {
                meter.catchUp();
            }
        }
        appenders.forEach(appender -> appender.losses().catchUp());
    }

    void requestEnded(long nanos) {
        requests.update(nanos, TimeUnit.NANOSECONDS);
    }

    private void meter(String name, ToLongFunction<Shipper> count) {
        metrics.put(name, new CountedMeter(() -> sum(count)));
    }

    private void gauge(String name, Gauge<Long> gauge) {
        metrics.put(name, gauge);
    }

    private long sum(ToLongFunction<Shipper> count) {
        long sum = 0;
        for (LogDnaAppender<?> appender : appenders) {
            sum += count.applyAsLong(appender.shipper());
        }
        return sum;
    }

    private long oldestAge() {
        long oldest = 0;
        for (LogDnaAppender<?> appender : appenders) {
            oldest = Math.max(oldest, appender.shipper().oldestAge());
        }
        return TimeUnit.NANOSECONDS.toMillis(oldest);
    }

    /** A meter of something that is counted elsewhere. Any thread. */
    private static final class CountedMeter extends Meter {

        private final LongSupplier count;
        private final AtomicLong marked = new AtomicLong();

        CountedMeter(LongSupplier count) {
            this.count = count;
        }

        void catchUp() {
            long now = count.getAsLong();
            long before = marked.get();
            if (now > before && marked.compareAndSet(before, now)) {
                mark(now - before);
            }
        }

        @Override
        public long getCount() {
            catchUp();
            return super.getCount();
        }

        @Override
        public double getFifteenMinuteRate() {
            catchUp();
            return super.getFifteenMinuteRate();
        }

        @Override
        public double getFiveMinuteRate() {
            catchUp();
            return super.getFiveMinuteRate();
        }

        @Override
        public double getMeanRate() {
            catchUp();
            return super.getMeanRate();
        }

        @Override
        public double getOneMinuteRate() {
            catchUp();
            return super.getOneMinuteRate();
        }
    }
}
