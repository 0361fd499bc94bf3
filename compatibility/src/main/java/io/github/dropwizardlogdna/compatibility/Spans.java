package io.github.dropwizardlogdna.compatibility;

import java.util.ArrayList;
import java.util.List;

/** The spans that the OpenTelemetry agent's console exporter has written to the service's standard streams. */
final class Spans {
    private static final String EXPORTER = "LoggingSpanExporter";

    private Spans() {}

    static List<String> problems(String output) {
        List<String> problems = new ArrayList<>();
        List<String> spans =
                output.lines().filter(line -> line.contains(EXPORTER)).toList();
        if (spans.stream().noneMatch(span -> span.contains(" SERVER "))) {
            problems.add("no span of the service's request: is the agent attached?");
        }
        List<String> clients =
                spans.stream().filter(span -> span.contains(" CLIENT ")).toList();
        if (!clients.isEmpty()) {
            problems.add(clients.size() + " spans of requests to the endpoint, first: " + clients.get(0));
        }
        return problems;
    }
}
