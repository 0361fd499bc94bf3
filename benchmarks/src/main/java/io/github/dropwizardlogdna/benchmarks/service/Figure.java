package io.github.dropwizardlogdna.benchmarks.service;

/** What is measured of a service, once in each round. */
enum Figure {
    START("start-up, ms", "%,.0f"),
    WARM_UP("warm-up, s", "%.0f"),
    REQUESTS("requests/s", "%,.0f"),
    CPU("CPU a request, us", "%,.0f"),
    P50("p50, ms", "%.2f"),
    P99("p99, ms", "%.2f"),
    P999("p99.9, ms", "%.2f"),
    HEAP("heap after GC, MiB", "%.1f"),
    RESIDENT("resident, MiB", "%.0f"),
    THREADS("threads", "%.0f"),
    DELIVERED("lines delivered, %", "%.2f"),
    OUTAGE_REQUESTS("requests/s", "%,.0f"),
    OUTAGE_CPU("CPU a request, us", "%,.0f"),
    OUTAGE_P50("p50, ms", "%.2f"),
    OUTAGE_P99("p99, ms", "%.2f"),
    OUTAGE_P999("p99.9, ms", "%.2f"),
    OUTAGE_HEAP("heap after GC, MiB", "%.1f"),
    END_P50("p50, ms", "%.2f"),
    END_P99("p99, ms", "%.2f"),
    END_P999("p99.9, ms", "%.2f"),
    FIRST_CALL("first call, us", "%,.0f"),
    FIRST_LINES("first five lines, us", "%,.0f"),
    FIRST_DELIVERED("first line delivered, ms after the start of the JVM", "%,.0f"),
    START_CPU("CPU until one second after the first answer, ms", "%,.0f"),
    CLASSES("classes loaded", "%,.0f");

    private final String title;
    private final String format;

    Figure(String title, String format) {
        this.title = title;
        this.format = format;
    }

    String title() {
        return title;
    }

    String format() {
        return format;
    }
}
