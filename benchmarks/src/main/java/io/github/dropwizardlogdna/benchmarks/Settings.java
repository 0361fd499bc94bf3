package io.github.dropwizardlogdna.benchmarks;

import jakarta.annotation.Nullable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The options of the command line; README.md describes them. Durations are in seconds and may end in {@code s}. */
public final class Settings {

    private static final Set<String> NAMES = Set.of(
            "pairs",
            "seconds",
            "warm-up",
            "idle",
            "contenders",
            "loads",
            "tls",
            "zlib",
            "rate",
            "connections",
            "rtt",
            "settings",
            "congestion-control",
            "outage",
            "chaos",
            "seed",
            "lines",
            "svg",
            "short",
            "jmh-log",
            "jmh-profiler",
            "jvm-options");

    private final Map<String, String> values = new HashMap<>();

    public Settings(List<String> arguments) {
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

    /** How often each contender is measured, in turn with the others. */
    public int pairs(int otherwise) {
        return (int) number("pairs", otherwise);
    }

    /** The length of a measurement. */
    public double seconds(double otherwise) {
        return number("seconds", otherwise);
    }

    public double warmUpSeconds(double otherwise) {
        return number("warm-up", otherwise);
    }

    public double idleSeconds(double otherwise) {
        return number("idle", otherwise);
    }

    public double outageSeconds(double otherwise) {
        return number("outage", otherwise);
    }

    double chaosSeconds() {
        return number("chaos", 300);
    }

    /** Requests a second of the service; zero where the program is to choose. */
    public int rate() {
        return (int) number("rate", 0);
    }

    /** Of the load generator. */
    public int connections() {
        return (int) number("connections", 16);
    }

    /** Whether the endpoint speaks TLS. */
    public boolean tls() {
        return Boolean.parseBoolean(values.getOrDefault("tls", "false"));
    }

    long seed() {
        String value = values.get("seed");
        return value == null ? System.nanoTime() & Integer.MAX_VALUE : Long.parseLong(value);
    }

    /** The seed of the fleet, fixed by default, so that each run prints the same figures. */
    long fleetSeed() {
        return values.containsKey("seed") ? seed() : 1;
    }

    double linesPerSecond() {
        return number("lines", 200);
    }

    /** The file for the plot of the fleet; null for none. */
    @Nullable
    Path svg() {
        String file = values.get("svg");
        return file == null ? null : Path.of(file);
    }

    /** The parts of a list with commas. */
    public List<String> list(String name, String otherwise) {
        return Arrays.stream(values.getOrDefault(name, otherwise).split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** Lines of YAML for the appender: sets are separated by {@code |}, the lines of a set by {@code ;}. */
    public List<String> appenderSettings(String otherwise) {
        return Arrays.stream(values.getOrDefault("settings", otherwise).split("\\|", -1))
                .map(String::strip)
                .toList();
    }

    /** The sender's congestion control on the far network. */
    public String congestionControl() {
        return values.getOrDefault("congestion-control", "cubic");
    }

    List<Contender> contenders(Contender... otherwise) {
        String names = values.get("contenders");
        if (names == null) {
            return List.of(otherwise);
        }
        return names.equals("all")
                ? List.of(Contender.values())
                : list("contenders", "").stream().map(Contender::named).toList();
    }

    /** Whether it is enough that the program runs at all. */
    boolean isShort() {
        return values.containsKey("short");
    }

    /** The file for JMH's own output. */
    String jmhLog() {
        return values.getOrDefault("jmh-log", "benchmarks-jmh.log");
    }

    /** One of JMH's profilers, as {@code -prof} takes it. */
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

    /** Further options for the contenders' JVMs. */
    public List<String> jvmOptions() {
        return Arrays.stream(values.getOrDefault("jvm-options", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    private double number(String name, double otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Double.parseDouble(value.replaceFirst("s$", ""));
    }
}
