package io.github.dropwizardlogdna.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a contender does while nothing is logged: the voluntary context switches of its threads, and the CPU time of the
 * process. The JVM's own threads count for the CPU time only.
 *
 * @param wakeUps a second, of all of the contender's threads; negative if the system does not count them
 * @param cpuMillis a second
 */
public record Idle(double wakeUps, double cpuMillis) {

    static final Idle NOT_MEASURED = new Idle(-1, -1);

    private static final Path THREADS = Path.of("/proc/self/task");
    /** Linux keeps this many characters of a thread's name. */
    private static final int NAME = 15;

    public static Idle watch(double seconds) throws InterruptedException {
        if (seconds <= 0 || !Files.isDirectory(THREADS)) {
            return NOT_MEASURED;
        }
        Map<String, Long> before = switches();
        long cpu = Cpu.ofProcess();
        Thread.sleep((long) (seconds * 1_000));
        cpu = Cpu.ofProcess() - cpu;
        long wakeUps = 0;
        for (Map.Entry<String, Long> thread : switches().entrySet()) {
            wakeUps += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return new Idle(wakeUps / seconds, cpu / 1e6 / seconds);
    }

    private static Map<String, Long> switches() {
        Set<String> names = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread())
                .filter(thread -> thread.getThreadGroup() != null
                        && !thread.getThreadGroup().getName().equals("system"))
                .map(thread -> thread.getName()
                        .substring(0, Math.min(NAME, thread.getName().length())))
                .collect(Collectors.toSet());
        Map<String, Long> switches = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                Map<String, String> status = status(thread);
                if (names.contains(status.get("Name"))) {
                    String count = status.getOrDefault("voluntary_ctxt_switches", "0");
                    switches.put(thread.toString(), Long.parseLong(count));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switches;
    }

    private static Map<String, String> status(Path thread) {
        Map<String, String> status = new HashMap<>();
        try {
            for (String line : Files.readAllLines(thread.resolve("status"))) {
                int colon = line.indexOf(':');
                status.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        } catch (IOException e) {
            // The thread has ended meanwhile.
        }
        return status;
    }
}
