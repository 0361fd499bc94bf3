package io.github.dropwizardlogdna.benchmarks;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of the command line, with their defaults: {@code --seconds 6}, of each measurement; {@code --warm-up 20};
 * {@code --idle 10}, seconds; {@code --contenders a,b}, all if there is none; {@code --outage 600} and
 * {@code --chaos 300}, seconds; {@code --seed 1}, of the chaos, a new one each time by default.
 * Durations may end in {@code s}. For a profile: {@code --jmh-profiler jfr}, or another of JMH's, with its options behind
 * a colon; {@code --jvm-options}, for the contenders' JVMs, separated by spaces.
 */
final class Settings {

    private static final Set<String> NAMES = Set.of(
            "seconds",
            "warm-up",
            "idle",
            "contenders",
            "outage",
            "chaos",
            "seed",
            "short",
            "jmh-log",
            "jmh-profiler",
            "jvm-options");

    private final Map<String, String> values = new HashMap<>();

    Settings(List<String> arguments) {
        if (arguments.size() % 2 != 0) {
            throw new IllegalArgumentException("Each option has one value: " + NAMES);
        }
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i).replaceFirst("^--", "");
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("No option " + arguments.get(i) + ", but " + NAMES);
            }
            values.put(name, arguments.get(i + 1));
        }
    }

    double seconds() {
        return number("seconds", 6);
    }

    double warmUpSeconds() {
        return number("warm-up", 20);
    }

    double idleSeconds() {
        return number("idle", 10);
    }

    double outageSeconds() {
        return number("outage", 600);
    }

    double chaosSeconds() {
        return number("chaos", 300);
    }

    long seed() {
        String value = values.get("seed");
        return value == null ? System.nanoTime() & Integer.MAX_VALUE : Long.parseLong(value);
    }

    List<Contender> contenders() {
        String names = values.get("contenders");
        return names == null
                ? List.of(Contender.values())
                : Arrays.stream(names.split(",", -1)).map(Contender::named).toList();
    }

    /** Those whose calls are timed one by one: the others' logging threads do the same as async's. */
    List<Contender> loggingThreadContenders() {
        return values.containsKey("contenders")
                ? contenders()
                : List.of(
                        Contender.NOOP,
                        Contender.ASYNC,
                        Contender.LOGDNA,
                        Contender.LOKI4J,
                        Contender.LOGSTASH,
                        Contender.OPENTELEMETRY);
    }

    /** Whether all that is wanted is that it runs at all. */
    boolean isShort() {
        return values.containsKey("short");
    }

    /** The file for what JMH itself has to say. */
    String jmhLog() {
        return values.getOrDefault("jmh-log", "benchmarks-jmh.log");
    }

    /** A profiler of JMH's, as {@code -prof} has it. */
    record Profiler(String name, String options) {}

    @Nullable
    Profiler jmhProfiler() {
        String value = values.get("jmh-profiler");
        if (value == null) {
            return null;
        }
        int colon = value.indexOf(':');
        return colon < 0
                ? new Profiler(value, "")
                : new Profiler(value.substring(0, colon), value.substring(colon + 1));
    }

    /** Further options for the JVMs of the whole-process program. */
    List<String> jvmOptions() {
        String options = values.get("jvm-options");
        return options == null ? List.of() : List.of(options.split(" ", -1));
    }

    private double number(String name, double otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Double.parseDouble(value.replaceFirst("s$", ""));
    }
}
