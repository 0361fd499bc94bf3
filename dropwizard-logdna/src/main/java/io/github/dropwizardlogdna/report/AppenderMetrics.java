package io.github.dropwizardlogdna.report;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.ShippingCounts;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * The metrics of an application's appenders: {@code logdna.*} for the sums over all of them, {@code logdna.NAME.*} for
 * each. They count from the first line on and appear in a registry once the application has one.
 *
 * <p>The shippers do the counting. A meter catches up with its counter after a shipper has worked ({@link #update}), which
 * keeps its rates right, and when it is read, which keeps its count right. The logging thread pays nothing. Any thread.
 */
public final class AppenderMetrics {

    private static final String PREFIX = "logdna";

    private final Collection<ReportedAppender> appenders = new CopyOnWriteArrayList<>();
    private final MetricSet sums = new MetricSet(PREFIX, appenders);
    private final Map<String, MetricSet> byAppender = new ConcurrentHashMap<>();

    @Nullable
    private volatile MetricRegistry registry;

    /** Adds an appender to the sums and creates its own metrics. */
    public void add(ReportedAppender appender) {
        appenders.add(appender);
        MetricSet own = of(appender.getName(), appender);
        MetricRegistry known = registry;
        if (known != null) {
            own.registerWith(known);
        }
    }

    private MetricSet of(String name, ReportedAppender appender) {
        return byAppender.computeIfAbsent(name, key -> new MetricSet(PREFIX + "." + key, List.of(appender)));
    }

    /** Registers all metrics, and from now on those of each appender that is added. */
    public void registerWith(MetricRegistry applications) {
        registry = applications;
        sums.registerWith(applications);
        byAppender.values().forEach(own -> own.registerWith(applications));
    }

    /** Updates the meters after this appender has shipped or dropped lines. Takes one snapshot of each appender. */
    public void update(String name) {
        List<ShippingCounts> counts = new ArrayList<>();
        for (ReportedAppender appender : appenders) {
            ShippingCounts snapshot = appender.shipper().counts();
            counts.add(snapshot);
            if (appender.getName().equals(name)) {
                of(name, appender).catchUp(List.of(snapshot));
                appender.losses().catchUp(snapshot);
            }
        }
        sums.catchUp(counts);
    }

    /** Counts a request of an appender that took {@code nanos} nanoseconds. */
    public void requestEnded(String appender, long nanos) {
        sums.requests.update(nanos, TimeUnit.NANOSECONDS);
        MetricSet own = byAppender.get(appender);
        if (own != null) {
            own.requests.update(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** The same metrics for one appender or for all of them. */
    private static final class MetricSet {

        private final String prefix;
        private final Collection<ReportedAppender> appenders;
        private final Map<String, Metric> metrics = new LinkedHashMap<>();
        private final Map<CountedMeter, ToLongFunction<ShippingCounts>> meters = new LinkedHashMap<>();
        private final Timer requests = new Timer();

        MetricSet(String prefix, Collection<ReportedAppender> appenders) {
            this.prefix = prefix;
            this.appenders = appenders;
            meter("lines.accepted", ShippingCounts::accepted);
            meter("lines.delivered", ShippingCounts::delivered);
            meter("lines.recovered", ShippingCounts::recovered);
            meter("lines.dropped", ShippingCounts::droppedLines);
            for (DropReason reason : DropReason.values()) {
                meter("lines.dropped." + reason.key(), counts -> counts.dropped(reason));
            }
            meter("bytes.sent", ShippingCounts::bytesSent);
            metrics.put("requests", requests);
            meter("requests.failed", ShippingCounts::requestsFailed);
            meter("requests.retried", ShippingCounts::requestsRetried);
            gauge("buffer.lines", () -> sum(ShippingCounts::heldLines));
            gauge("buffer.bytes", () -> sum(ShippingCounts::heldBytes));
            gauge("spool.bytes", () -> sum(ShippingCounts::bytesOnDisk));
            gauge("oldest-line-age-ms", this::oldestAge);
        }

        void registerWith(MetricRegistry registry) {
            metrics.forEach((name, metric) -> {
                String full = prefix + "." + name;
                registry.remove(full); // an application that ran earlier in this JVM may have registered it
                registry.register(full, metric);
            });
        }

        void catchUp(List<ShippingCounts> counts) {
            meters.forEach((meter, count) ->
                    meter.catchUpWith(counts.stream().mapToLong(count).sum()));
        }

        private void meter(String name, ToLongFunction<ShippingCounts> count) {
            CountedMeter meter = new CountedMeter(() -> sum(count));
            meters.put(meter, count);
            metrics.put(name, meter);
        }

        private void gauge(String name, Gauge<Long> gauge) {
            metrics.put(name, gauge);
        }

        private long sum(ToLongFunction<ShippingCounts> count) {
            long sum = 0;
            for (ReportedAppender appender : appenders) {
                sum += count.applyAsLong(appender.shipper().counts());
            }
            return sum;
        }

        private long oldestAge() {
            long oldest = 0;
            for (ReportedAppender appender : appenders) {
                oldest = Math.max(oldest, appender.shipper().counts().oldestAge());
            }
            return TimeUnit.NANOSECONDS.toMillis(oldest);
        }
    }

    /** A meter of a counter that is kept elsewhere. Any thread. */
    private static final class CountedMeter extends Meter {

        private final LongSupplier count;
        private final AtomicLong marked = new AtomicLong();

        CountedMeter(LongSupplier count) {
            this.count = count;
        }

        void catchUp() {
            catchUpWith(count.getAsLong());
        }

        void catchUpWith(long now) {
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
