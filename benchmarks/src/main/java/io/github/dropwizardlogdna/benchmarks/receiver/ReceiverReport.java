package io.github.dropwizardlogdna.benchmarks.receiver;

import java.util.List;

/**
 * What arrived since the last reset.
 *
 * @param lines all lines, those in compressed bodies included
 * @param wireBytes of bodies, as they came
 * @param textBytes of compressed bodies, inflated
 * @param lossNotices lines of this library that say how many lines are missing
 * @param requests that were taken; for a plain stream of lines, the reads
 * @param refused requests that were answered 503
 * @param mostlyArrivedAt {@link System#nanoTime} when 99 % of the bytes were there, to 10 ms: the last, partial batch
 *     may wait long for company; zero where nothing came
 * @param mostlyArrivedShare of the bytes, how many were there then
 * @param lastArrivalAt {@link System#nanoTime} of the last of them
 * @param arrivalP50 from the call of the logger to the arrival of the body's last byte, in nanoseconds, of the probes
 * @param arrivalP99 the same, 99th percentile
 * @param answerP50 from the last byte read to the answer written, in nanoseconds: the receiving end's own latency
 * @param answerP99 the same, 99th percentile
 * @param cpuNanos of the receiving process
 */
public record ReceiverReport(
        long lines,
        long wireBytes,
        long textBytes,
        List<String> lossNotices,
        long requests,
        long refused,
        long mostlyArrivedAt,
        double mostlyArrivedShare,
        long lastArrivalAt,
        long arrivalP50,
        long arrivalP99,
        long answerP50,
        long answerP99,
        long cpuNanos) {}
