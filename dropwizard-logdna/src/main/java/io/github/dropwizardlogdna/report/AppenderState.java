package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.shipping.DeliveryState;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The state of an appender at one moment, for the health check and the admin task. Immutable.
 *
 * @param name the name of the appender
 * @param endpoint the URL of the endpoint, without its query
 * @param delivery the state of the delivery
 * @param since the time of the first failure, if delivery fails
 * @param losing whether lines were lost in the last minute
 * @param counts lines and bytes since the start
 * @param dropped the lines dropped since the start, by reason
 */
public record AppenderState(
        String name,
        String endpoint,
        DeliveryState delivery,
        Instant since,
        boolean losing,
        Counts counts,
        Map<DropReason, Long> dropped) {

    /** Shown if the application has no appender. */
    static final String NO_APPENDER = "no logdna appender: none is configured, or none is enabled";

    /**
     * Lines and bytes.
     *
     * @param heldLines lines accepted and neither delivered nor dropped
     * @param heldBytes the memory that these lines take
     * @param oldestAge the age of the oldest of them
     * @param spoolBytes the size of the spool's files
     * @param bareMessages events that could not be encoded and were shipped as their bare message
     */
    public record Counts(
            long accepted,
            long delivered,
            long recovered,
            long heldLines,
            long heldBytes,
            Duration oldestAge,
            long spoolBytes,
            long bareMessages) {}

    /** Reads the state of an appender. */
    public static AppenderState of(ReportedAppender appender) {
        Shipper shipper = appender.shipper();
        DeliveryState delivery = shipper.state();
        ShippingCounts counted = shipper.counts();
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (counted.dropped(reason) > 0) {
                dropped.put(reason, counted.dropped(reason));
            }
        }
        Counts counts = new Counts(
                counted.accepted(),
                counted.delivered(),
                counted.recovered(),
                counted.heldLines(),
                counted.heldBytes(),
                Duration.ofNanos(counted.oldestAge()),
                counted.bytesOnDisk(),
                counted.bareMessages());
        return new AppenderState(
                appender.getName(),
                appender.endpoint(),
                delivery,
                Instant.now().minusNanos(System.nanoTime() - delivery.since()),
                appender.losses().any(),
                counts,
                dropped);
    }

    /** Such as {@code dropping; retrying since 2026-11-22T20:53:44Z because ...}. */
    String words() {
        String kind = delivery.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String why = delivery.reason().isEmpty()
                ? ""
                : " since " + since.truncatedTo(ChronoUnit.SECONDS) + " because " + delivery.reason();
        return (losing ? "dropping; " : "") + kind + why;
    }

    /** Whether lines are lost, or can never be delivered as things are. Never for retrying alone, which loses none. */
    boolean isLossy() {
        return losing
                || delivery.kind() == DeliveryState.Kind.KEY_REFUSED
                || delivery.kind() == DeliveryState.Kind.FAILED;
    }

    /** The details of the health check. */
    Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", words());
        details.put("bufferLines", counts.heldLines());
        details.put("bufferBytes", counts.heldBytes());
        details.put("oldestLineAgeMs", counts.oldestAge().toMillis());
        details.put("delivered", counts.delivered());
        details.put("dropped", droppedLines());
        return details;
    }

    long droppedLines() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Such as {@code 12 (10 full, 2 refused)}. */
    String droppedInWords() {
        String reasons = dropped.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().key())
                .collect(Collectors.joining(", "));
        return droppedLines() + (reasons.isEmpty() ? "" : " (" + reasons + ")");
    }

    /** The states of several appenders in one sentence. */
    static String words(List<AppenderState> states) {
        return states.isEmpty()
                ? NO_APPENDER
                : states.stream()
                        .map(state -> state.name() + ": " + state.words())
                        .collect(Collectors.joining("; "));
    }
}
