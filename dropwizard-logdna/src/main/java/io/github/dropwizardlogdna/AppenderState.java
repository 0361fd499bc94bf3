package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.SenderState;
import io.github.dropwizardlogdna.shipping.Shipper;
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
 * How an appender stood at one moment: what the health check and the admin task show. Immutable.
 *
 * @param name the appender's
 * @param endpoint where it ships to, as it may be shown
 * @param delivery how delivery stands
 * @param since when it began to fail, if it fails
 * @param losing whether lines were lost in the last minute
 * @param counts by names for people, in the order of a line's life
 * @param dropped the lines dropped since the start, by those reasons that there were
 */
record AppenderState(
        String name,
        String endpoint,
        SenderState delivery,
        Instant since,
        boolean losing,
        Counts counts,
        Map<DropReason, Long> dropped) {

    /** What there is to say where there is no appender. */
    static final String NO_APPENDER = "no logdna appender: none is configured, or none is enabled";

    /**
     * Lines and bytes.
     *
     * @param heldLines accepted and not settled
     * @param heldBytes what these hold in memory
     * @param oldestAge the age of the oldest of them
     * @param spoolBytes on disk
     */
    record Counts(
            long accepted,
            long delivered,
            long recovered,
            long heldLines,
            long heldBytes,
            Duration oldestAge,
            long spoolBytes) {}

    static AppenderState of(LogDnaAppender<?> appender) {
        Shipper shipper = appender.shipper();
        SenderState delivery = shipper.state();
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (shipper.dropped(reason) > 0) {
                dropped.put(reason, shipper.dropped(reason));
            }
        }
        Counts counts = new Counts(
                shipper.accepted(),
                shipper.delivered(),
                shipper.recovered(),
                shipper.heldLines(),
                shipper.heldBytes(),
                Duration.ofNanos(shipper.oldestAge()),
                shipper.bytesOnDisk());
        return new AppenderState(
                appender.getName(),
                appender.reporter().endpoint(),
                delivery,
                Instant.now().minusNanos(System.nanoTime() - delivery.since()),
                appender.losses().any(),
                counts,
                dropped);
    }

    /** In words: {@code dropping; retrying since 2026-11-22T20:53:44Z because ...}. */
    String words() {
        // A kind's name is its words, so that a kind that is added says itself what it means.
        String kind = delivery.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String why = delivery.reason().isEmpty()
                ? ""
                : " since " + since.truncatedTo(ChronoUnit.SECONDS) + " because " + delivery.reason();
        return (losing ? "dropping; " : "") + kind + why;
    }

    /** Whether a service that must not lose lines should call for help: never for mere retrying, which loses none. */
    boolean isLossy() {
        return losing || delivery.kind() == SenderState.Kind.KEY_REFUSED || delivery.kind() == SenderState.Kind.FAILED;
    }

    /** For a machine that reads the health check. */
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

    /** Of several in one sentence. */
    static String words(List<AppenderState> states) {
        return states.isEmpty()
                ? NO_APPENDER
                : states.stream()
                        .map(state -> state.name() + ": " + state.words())
                        .collect(Collectors.joining("; "));
    }
}
