package io.github.dropwizardlogdna.benchmarks.chaos;

import io.github.dropwizardlogdna.benchmarks.Progress;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Injects random faults into a complete service behind a real nginx. Checks at the end that each missing line was counted,
 * that the order was kept, that a line arrived twice only if a response may have been lost, that memory and threads stayed
 * within bounds, and that each shutdown was in time. Prints its seed; the same seed injects the same faults at nearly the same
 * times.
 */
public final class Chaos {

    /** A kind of fault. */
    private enum Fault {
        ENDPOINT,
        NGINX_RELOAD,
        NGINX_KILL,
        NGINX_SMALL_BODIES,
        SERVICE_PAUSE,
        SERVICE_TERM,
        SERVICE_KILL,
        DISK_FULL
    }

    private static final int LINES_PER_SECOND_AND_THREAD = 400;
    private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long CLIENT_TIMEOUT = TimeUnit.SECONDS.toNanos(5);
    private static final long FLUSH_INTERVAL = TimeUnit.MILLISECONDS.toNanos(300);
    /** The time to write a batch to the disk of a busy machine. */
    private static final long SLACK = TimeUnit.SECONDS.toNanos(2);
    /** {@code shutdownGracePeriod} plus {@code shutdownTimeout}, and the time that the JVM needs on a busy machine. */
    private static final long LONGEST_SHUTDOWN = TimeUnit.SECONDS.toNanos(2 + 4 + 8);

    private static final long MOST_RESIDENT_KIB = 400 << 10;
    private static final int MOST_SHIPPING_THREADS = 10;
    private static final long RECOVERY = TimeUnit.MINUTES.toNanos(2);

    /** The time that a JVM needs to start on a busy machine. */
    private static final long LONGEST_START = TimeUnit.MINUTES.toNanos(3);
    /** Files that the spool holds even if all lines are delivered at once: those of the last lines. */
    private static final int NEW_FILES = 2;

    private final Random random;
    private final Path directory;
    private final DeliveryLedger ledger = new DeliveryLedger(CLIENT_TIMEOUT);
    private final ChaosEndpoint endpoint;
    private final Nginx nginx;
    private final List<Fault> possible = new ArrayList<>(List.of(Fault.values()));
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);

    private final List<End> ends = new ArrayList<>();
    private int process = -1;
    /** The running process; null before the first one. */
    @Nullable
    private Process current;
    /** The counters of the last seconds: [nanoTime, count of each thread]. */
    private final Deque<long[]> samples = new ArrayDeque<>();

    private long mostResident;
    private long longestShutdown;

    /** The end of a process, and the lines of each thread that must be accounted for. */
    private record End(int process, List<Integer> lines, boolean killed) {}

    private Chaos(long seed, Path directory) throws IOException {
        this.random = new Random(seed);
        this.directory = directory;
        this.endpoint = new ChaosEndpoint(ledger, CLIENT_TIMEOUT, seed);
        this.nginx = new Nginx(directory.resolve("nginx"), endpoint.port());
    }

    /** Returns whether every invariant held. */
    public static boolean run(double seconds, long seed) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("logdna-chaos");
        Progress.say("chaos with seed " + seed + " in " + directory);
        Chaos chaos = new Chaos(seed, directory);
        boolean mounted = chaos.mountSmallDisk();
        try (chaos.endpoint;
                chaos.nginx) {
            return chaos.run(seconds);
        } finally {
            if (chaos.current != null) {
                chaos.current.destroyForcibly().onExit().join();
            }
            if (mounted) {
                exec("umount", chaos.spool().toString());
            }
        }
    }

    /** Mounts a small disk for the spool, which can be filled. Without the rights to mount, no disk is filled. */
    private boolean mountSmallDisk() throws IOException, InterruptedException {
        Files.createDirectories(spool());
        boolean mounted = exec("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", spool().toString()) == 0;
        if (!mounted) {
            Progress.say("no rights to mount a small disk: skipping DISK_FULL");
            possible.remove(Fault.DISK_FULL);
        }
        return mounted;
    }

    private Path spool() {
        return directory.resolve("spool");
    }

    private static int exec(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private boolean run(double seconds) throws IOException, InterruptedException {
        start();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end && service().isAlive()) {
            Fault fault = possible.get(random.nextInt(possible.size()));
            Progress.say(fault.name());
            faults.merge(fault, 1, Integer::sum);
            inject(fault);
            observe(TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(2_000)));
        }
        checkAlive();
        Progress.say("recovery");
        terminate();
        // Another process, which logs almost nothing, delivers what the last one left in its spool.
        start();
        recover();
        checkAlive();
        terminate();
        return report();
    }

    private void checkAlive() throws IOException {
        if (!service().isAlive() && hasStarted()) {
            broken("the service ended without a fault, with exit code "
                    + service().exitValue());
        }
    }

    private void inject(Fault fault) throws IOException, InterruptedException {
        long some = TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(4_000));
        switch (fault) {
            case ENDPOINT -> {
                ChaosEndpoint.Behaviour[] all = ChaosEndpoint.Behaviour.values();
                ChaosEndpoint.Behaviour behaviour = all[random.nextInt(all.length)];
                Progress.say("  " + behaviour);
                endpoint.behave(behaviour);
                observe(some);
                endpoint.behave(ChaosEndpoint.Behaviour.ACCEPT);
            }
            case NGINX_RELOAD -> nginx.reload();
            case NGINX_KILL -> {
                // Open before the kill: a retry may arrive as soon as nginx is back.
                DeliveryLedger.Window window = ledger.responsesMayBeLost(System.nanoTime() - CLIENT_TIMEOUT);
                nginx.kill();
                observe(some);
                nginx.restart();
                ledger.close(window, System.nanoTime() + A_SECOND);
            }
            case NGINX_SMALL_BODIES -> {
                nginx.limitBodies("2k");
                observe(some);
                nginx.limitBodies("10m");
            }
            case SERVICE_PAUSE -> {
                long from = System.nanoTime();
                signal("STOP");
                sleep(CLIENT_TIMEOUT + A_SECOND);
                ledger.paused(from - CLIENT_TIMEOUT, System.nanoTime());
                signal("CONT");
            }
            case SERVICE_TERM -> {
                terminate();
                start();
            }
            case SERVICE_KILL -> {
                observe(TimeUnit.SECONDS.toNanos(5)); // so that lines are in the spool and in memory
                kill();
                start();
            }
            case DISK_FULL -> fillTheDisk(some);
        }
    }

    private void start() throws IOException {
        process++;
        samples.clear();
        current = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChaosService.class.getName(),
                        Integer.toString(process),
                        counters(process).toString(),
                        Integer.toString(LINES_PER_SECOND_AND_THREAD),
                        configuration().toString())
                .redirectOutput(standardOutput(process).toFile())
                .redirectError(standardError(process).toFile())
                .start();
        long begin = System.nanoTime();
        while (service().isAlive() && !hasStarted() && System.nanoTime() - begin < LONGEST_START) {
            sleep(TimeUnit.MILLISECONDS.toNanos(20));
        }
        if (!hasStarted()) {
            broken(named(process) + " did not start"
                    + (service().isAlive() ? " within " + TimeUnit.NANOSECONDS.toMinutes(LONGEST_START) + " min" : ""));
            service().destroyForcibly();
            waitFor(LONGEST_SHUTDOWN);
        }
    }

    private boolean hasStarted() throws IOException {
        return counts()[ChaosService.THREADS] != 0;
    }

    /** A process and its log, for messages. */
    private String named(int number) {
        return "process " + number + " (" + standardOutput(number) + ")";
    }

    private Path standardOutput(int number) {
        return directory.resolve("out-" + number + ".log");
    }

    private Process service() {
        return Objects.requireNonNull(current);
    }

    private Path standardError(int number) {
        return directory.resolve("err-" + number + ".log");
    }

    private Path configuration() throws IOException {
        return Files.writeString(directory.resolve("config.yml"), """
                server:
                  shutdownGracePeriod: 2s
                  applicationConnectors: [{type: http, port: 0, bindHost: localhost}]
                  adminConnectors: [{type: http, port: 0, bindHost: localhost}]
                  requestLog: {appenders: []}
                logging:
                  level: INFO
                  appenders: [{type: console}]
                  loggers:
                    spooled:
                      additive: false
                      appenders:
                        - {type: logdna, name: spooled, spool: {directory: %1$s}, %2$s}
                    unspooled:
                      additive: false
                      appenders:
                        - {type: logdna, name: unspooled, %2$s}
                """.formatted(spool(), """
                                ingestionKey: local, endpoint: 'http://127.0.0.1:%d', neverBlock: false, flushInterval: %dms, \
                                batchSize: 64KiB, bufferSize: 8MiB, timeout: %ds, connectionTimeout: 1s, minRetryDelay: 50ms, \
                                maxRetryDelay: 1s, shutdownTimeout: 4s""".formatted(
                        nginx.port(),
                        TimeUnit.NANOSECONDS.toMillis(FLUSH_INTERVAL),
                        TimeUnit.NANOSECONDS.toSeconds(CLIENT_TIMEOUT))));
    }

    private Path counters(int number) {
        return directory.resolve("counters-" + number);
    }

    /** The lines that each thread of the running process has logged to each logger, and 1 if the server has started. */
    private int[] counts() throws IOException {
        int[] counts = new int[ChaosService.THREADS + 1];
        Path file = counters(process);
        if (Files.exists(file) && Files.size(file) >= (long) counts.length * Integer.BYTES) {
            ByteBuffer.wrap(Files.readAllBytes(file)).asIntBuffer().get(counts);
        }
        return counts;
    }

    /** Waits, and checks the process meanwhile. */
    private void observe(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end && service().isAlive()) {
            int[] counts = counts();
            long[] sample = new long[1 + counts.length];
            sample[0] = System.nanoTime();
            for (int i = 0; i < counts.length; i++) {
                sample[i + 1] = counts[i];
            }
            samples.addLast(sample);
            if (samples.size() > 1_000) {
                samples.removeFirst();
            }
            checkLimits();
            sleep(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private void checkLimits() throws IOException {
        try (Stream<Path> tasks =
                Files.list(Path.of("/proc", Long.toString(service().pid()), "task"))) {
            long shipping = tasks.filter(Chaos::isShipping).count();
            if (shipping > MOST_SHIPPING_THREADS) {
                broken(shipping + " threads of the library");
            }
            for (String line :
                    Files.readAllLines(Path.of("/proc", Long.toString(service().pid()), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    long resident = Long.parseLong(line.replaceAll("\\D", ""));
                    if (resident > MOST_RESIDENT_KIB && mostResident <= MOST_RESIDENT_KIB) {
                        broken((resident >> 10) + " MiB of resident memory with a heap of 96 MiB");
                    }
                    mostResident = Math.max(mostResident, resident);
                }
            }
        } catch (FileSystemException e) {
            // The process has just ended.
        }
    }

    /** The kernel keeps the first 15 characters of a thread's name. */
    private static boolean isShipping(Path task) {
        try {
            return Files.readString(task.resolve("comm")).startsWith("logdna-");
        } catch (IOException e) {
            return false; // the thread has just ended
        }
    }

    private void terminate() throws IOException {
        long begin = System.nanoTime();
        service().destroy();
        boolean ended = waitFor(LONGEST_SHUTDOWN);
        long took = System.nanoTime() - begin;
        longestShutdown = Math.max(longestShutdown, took);
        if (!ended) {
            broken("the shutdown of process " + process + " took longer than "
                    + TimeUnit.NANOSECONDS.toSeconds(LONGEST_SHUTDOWN) + " s");
            service().destroyForcibly();
            waitFor(LONGEST_SHUTDOWN);
        }
        // The request in flight is aborted at the end of shutdownTimeout; with a spool its batch is sent again.
        // Only the next process does that: so the window is early enough, and this process may not send a line twice.
        ledger.close(ledger.responsesMayBeLost(begin - CLIENT_TIMEOUT), System.nanoTime() + A_SECOND);
        ends.add(new End(process, listOf(counts()), false));
    }

    private void kill() throws IOException {
        int[] safe = safeCounts(System.nanoTime() - FLUSH_INTERVAL - SLACK);
        long now = System.nanoTime();
        service().destroyForcibly();
        waitFor(LONGEST_SHUTDOWN);
        // Only the next process sends lines again: the window is early enough.
        ledger.close(ledger.responsesMayBeLost(now - CLIENT_TIMEOUT), System.nanoTime() + A_SECOND);
        ends.add(new End(process, listOf(safe), true));
    }

    private static List<Integer> listOf(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    private int[] safeCounts(long before) {
        int[] safe = new int[ChaosService.THREADS];
        for (long[] sample : samples) {
            if (sample[0] - before < 0) {
                for (int i = 0; i < safe.length; i++) {
                    safe[i] = (int) sample[i + 1];
                }
            }
        }
        return safe;
    }

    private boolean waitFor(long nanos) {
        try {
            return service().waitFor(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        exec("sh", "-c", "kill -" + name + " " + service().pid());
    }

    private void fillTheDisk(long nanos) throws IOException {
        Path filler = spool().resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[1 << 16];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            observe(nanos);
        }
        Files.delete(filler);
        // Batches that did not fit are in memory only: wait until they are delivered, before another fault kills the
        // process.
        int[] logged = counts();
        long begin = System.nanoTime();
        long missing;
        do {
            observe(TimeUnit.MILLISECONDS.toNanos(500));
            missing = missingOfSpooled(logged)
                    - reportedLosses(process, "spooled").notRefused();
        } while (service().isAlive() && System.nanoTime() - begin < RECOVERY && missing > 0);
        if (service().isAlive() && missing > 0) {
            broken(missing + " lines of " + named(process) + " were neither delivered nor reported as lost within "
                    + TimeUnit.NANOSECONDS.toMinutes(RECOVERY) + " min after the disk was full");
        }
    }

    private long missingOfSpooled(int[] logged) {
        return sum(thread -> ledger.missingBefore(logged[thread], new LineId.Stream(process, "spooled", thread)));
    }

    private void recover() throws IOException {
        long begin = System.nanoTime();
        long files;
        do {
            observe(TimeUnit.MILLISECONDS.toNanos(200));
            files = spooledFiles();
        } while (service().isAlive() && System.nanoTime() - begin < RECOVERY && files > NEW_FILES);
        if (files > NEW_FILES) {
            broken(files + " files were still in the spool " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)
                    + " s after the start of " + named(process));
        }
    }

    private long spooledFiles() throws IOException {
        try (Stream<Path> files = Files.walk(spool())) {
            return files.filter(file -> file.toString().endsWith(".batch")).count();
        } catch (UncheckedIOException e) {
            return Long.MAX_VALUE; // a file was deleted as it was looked at
        }
    }

    private static void sleep(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    private void broken(String what) {
        ledger.broken(what);
        Progress.say("BROKEN: " + what);
    }

    private boolean report() throws IOException {
        long lines = 0;
        for (End end : ends) {
            lines += end.lines.stream().mapToLong(Integer::longValue).sum();
            // A killed process without a spool can't count the lines that were in its memory. A line that arrived is
            // reported as lost if the end of the process cut off its response.
            if (!end.killed) {
                ReportedLosses reported = reportedLosses(end.process, "unspooled");
                checkUnspooled(end, missing(end, "unspooled"), reported.notRefused(), "");
                checkUnspooled(
                        end, missingOrRefused(end, "unspooled"), reported.all(), ", with those that were refused");
            }
        }
        checkSpooled();
        System.out.println(
                "## Chaos\n\n" + faults + "\n\n" + ends.size() + " processes logged " + 2 * lines + " lines; "
                        + ledger.summary() + ". Longest shutdown " + TimeUnit.NANOSECONDS.toMillis(longestShutdown)
                        + " ms, most resident memory " + (mostResident >> 10) + " MiB.\n");
        List<String> broken = ledger.broken();
        broken.forEach(what -> System.out.println("- BROKEN: " + what));
        if (!broken.isEmpty()) {
            System.out.println("- BROKEN in total: " + ledger.brokenInTotal());
        }
        return broken.isEmpty();
    }

    private void checkUnspooled(End end, long missing, long reported, String which) {
        if (missing > reported) {
            broken(missing + " lines without a spool are missing" + which + ", and only " + reported
                    + " were reported as lost: " + named(end.process));
        }
    }

    /** A line with a spool may be lost, and reported, by its own process or by a later one that takes the spool over. */
    private void checkSpooled() throws IOException {
        long reported = 0;
        for (int i = ends.size() - 1; i >= 0; i--) {
            End end = ends.get(i);
            reported += reportedLosses(end.process, "spooled").notRefused();
            long missing = missing(end, "spooled");
            if (missing > reported) {
                broken(missing + " lines with a spool are missing, and only " + reported
                        + " were reported as lost then or later: " + named(end.process));
            }
            reported -= Math.min(missing, reported);
        }
    }

    private long missing(End end, String logger) {
        return sum(
                thread -> ledger.missingBefore(end.lines.get(thread), new LineId.Stream(end.process, logger, thread)));
    }

    private long missingOrRefused(End end, String logger) {
        return sum(thread ->
                ledger.missingOrRefusedBefore(end.lines.get(thread), new LineId.Stream(end.process, logger, thread)));
    }

    private static long sum(IntUnaryOperator ofThread) {
        return IntStream.range(0, ChaosService.THREADS)
                .map(ofThread)
                .asLongStream()
                .sum();
    }

    private ReportedLosses reportedLosses(int number, String appender) throws IOException {
        // The process may be writing, so the last character may be incomplete: each byte is a character here.
        return ReportedLosses.in(
                Files.readString(standardOutput(number), StandardCharsets.ISO_8859_1),
                Files.readString(standardError(number), StandardCharsets.ISO_8859_1),
                appender);
    }
}
