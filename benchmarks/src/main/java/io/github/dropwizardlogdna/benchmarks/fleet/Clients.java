package io.github.dropwizardlogdna.benchmarks.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.github.dropwizardlogdna.LogDnaAppenderFactory;
import io.github.dropwizardlogdna.benchmarks.fleet.Client.Batching;
import io.github.dropwizardlogdna.ingestion.FleetVerdicts;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.FleetBackoff;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import java.time.Instant;
import java.util.List;

/**
 * The appender, by its own defaults and its own {@link RetryPolicy}; and other clients, by the constants in their sources.
 *
 * <p>The others: loki4j 2.1.0 ({@code PipelineConfig}, {@code AsyncBufferPipeline}), OpenTelemetry's SDK
 * ({@code BatchLogRecordProcessorBuilder}, {@code RetryPolicy}, {@code RetryState}), logzio-java-sender
 * ({@code HttpsRequestConfiguration}, {@code LogzioSender}), {@code @logdna/logger} 2.6.13 for Node ({@code constants.js},
 * {@code backoff-with-jitter.js}). {@code FIXED} stands for a loop that sleeps a second.
 */
final class Clients {

    /** What the benchmarks' lines have: 316 bytes of JSON that gzip 4.4 : 1. */
    static final double LINE_BYTES = 316;

    static final double COMPRESSION = 4.4;

    /** Below this share of the buffer that is free, INFO is dropped. */
    private static final double KEPT_FREE = 0.2;

    static final Client FIXED = new Client(
            "fixed: every second, no jitter",
            new Batching(2 * 1024 * 1024 / LINE_BYTES, 1, false),
            Double.MAX_VALUE,
            (failed, random) -> Virtual.SECOND);

    /** 2, 4 and, for the next run of its timer, 5 seconds; the batch returns to the queue. */
    static final Client LOGZIO = new Client(
            "logzio",
            new Batching(3e6 / LINE_BYTES, 5, false),
            100e6 / LINE_BYTES,
            (failed, random) -> switch (failed.inARow() % 3) {
                case 1 -> 2 * Virtual.SECOND;
                case 2 -> 4 * Virtual.SECOND;
                default -> 5 * Virtual.SECOND;
            });

    static final Client LOKI4J = new Client(
            "loki4j 2.1.0",
            new Batching(1_000, 60, false),
            40 * 1024 * 1024 / LINE_BYTES,
            (failed, random) -> failed.ofBatch() > 2
                    ? Retries.GIVE_UP
                    : ((Virtual.SECOND / 2) << (failed.ofBatch() - 1)) + random.nextLong(Virtual.SECOND / 2));

    static final Client OPENTELEMETRY =
            new Client("OpenTelemetry SDK", new Batching(512, 1, false), 2_048, (failed, random) -> {
                if (failed.ofBatch() > 4) {
                    return Retries.GIVE_UP;
                }
                double seconds = Math.min(5, Math.pow(1.5, failed.ofBatch() - 1));
                return Virtual.nanos(seconds * (0.8 + 0.4 * random.nextDouble()));
            });

    /** Its backoff starts where the last one ended; a 429 is dropped; nothing bounds its memory. */
    static final Client NODE = new Client(
            "@logdna/logger 2.6.13", new Batching(5e6 / LINE_BYTES, 0.25, true), Double.MAX_VALUE, (failed, random) -> {
                if (failed.answered()) {
                    return Retries.GIVE_UP;
                }
                double last = Math.max(3, Virtual.seconds(failed.lastDelay()));
                return Virtual.nanos(Math.min(30, 3 + random.nextDouble() * (3 * last - 3)));
            });

    /** What follows a wait that the endpoint asked for, so that clients that were asked at once don't come back at once. */
    enum AfterRetryAfter {
        AT_ONCE,
        A_FIFTH_MORE,
        BACKOFF
    }

    private Clients() {}

    static List<Client> peers() {
        return List.of(FIXED, LOGZIO, LOKI4J, OPENTELEMETRY, NODE);
    }

    /** The appender with the defaults of its options. */
    static Client appender(double bufferBytes) {
        return appender("this library", defaults(), bufferBytes, AfterRetryAfter.A_FIFTH_MORE);
    }

    /**
     * The appender with other delays.
     *
     * @param then what follows a wait that the endpoint asked for
     */
    static Client appender(String name, RetryPolicy policy, double bufferBytes, AfterRetryAfter then) {
        JsonNode options = options();
        double batch = DataSize.parse(options.get("batchSize").asText()).toBytes();
        double flush = Duration.parse(options.get("flushInterval").asText()).toNanoseconds();
        Verdict plain = FleetVerdicts.turnedAway(null, Instant.EPOCH);
        Retries retries = (failed, random) -> {
            long delay = FleetBackoff.delayAfter(policy, failed.inARow(), failed.verdict(), random);
            if (failed.verdict().retryAfter().isEmpty()) {
                return delay;
            }
            long asked = failed.verdict().retryAfter().get().toNanos();
            return switch (then) {
                case AT_ONCE -> asked;
                case A_FIFTH_MORE -> delay; // the library's own
                case BACKOFF -> asked + FleetBackoff.delayAfter(policy, failed.inARow(), plain, random);
            };
        };
        return new Client(
                name,
                new Batching(batch / LINE_BYTES, flush / Virtual.SECOND, false),
                linesWithin(bufferBytes * (1 - KEPT_FREE), batch),
                retries);
    }

    /** How many lines of INFO a buffer takes: full batches are compressed, the open one is not. */
    static double linesWithin(double bytes, double batch) {
        double compressed = batch / COMPRESSION;
        double full = Math.max(0, Math.floor((bytes - batch) / compressed));
        return (full * batch + Math.min(batch, bytes - full * compressed)) / LINE_BYTES;
    }

    static RetryPolicy defaults() {
        JsonNode options = options();
        return new RetryPolicy(delay(options, "minRetryDelay"), delay(options, "maxRetryDelay"));
    }

    private static java.time.Duration delay(JsonNode options, String option) {
        return java.time.Duration.ofNanos(
                Duration.parse(options.get(option).asText()).toNanoseconds());
    }

    /** The options of a new factory, as a dump of the configuration shows them. */
    private static JsonNode options() {
        return Jackson.newObjectMapper().valueToTree(new LogDnaAppenderFactory<>());
    }
}
