package io.github.dropwizardlogdna.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What {@code WorkResource} of the service logs for one request, as it must arrive. */
final class ExpectedLines {
    static final int THREADS = 4;
    static final int NUMBERED = 250;
    static final String REQUEST = "/work?numbered=" + NUMBERED;

    private static final String WORK = "com.example.consumer.Work";
    private static final String NUMBER = "Numbered ";

    private final List<ExpectedLine> lines;

    private ExpectedLines(List<ExpectedLine> lines) {
        this.lines = lines;
    }

    /** How much of what was logged arrived, and what is wrong with it. */
    record Result(int arrived, int logged, List<String> problems) {}

    /** What must arrive if the request was answered by the thread of this name, which is empty for a virtual thread. */
    static ExpectedLines loggedBy(String thread, String requestLog, String query) {
        Map<String, ?> unnamed = Map.of("team", "orders", "logger", WORK);
        Map<String, ?> own = thread.isEmpty() ? unnamed : and(unnamed, Map.of("thread", thread));
        List<ExpectedLine> lines = new ArrayList<>();
        lines.add(ExpectedLine.of("A plain line with 1 arguments", "consumer", "INFO", own));
        lines.add(ExpectedLine.of(
                "Non-ASCII: \u0131\u0130 \u00DF \u20AC \uD83D\uDE00 \u0645\u0631\u062D\u0628\u0627",
                "consumer",
                "INFO",
                own));
        lines.add(ExpectedLine.of(
                "Markers, MDC and pairs",
                "consumer",
                "WARN",
                and(
                        own,
                        Map.of(
                                "requestId",
                                "r-1",
                                "markers",
                                List.of("BILLING", "SLOW"),
                                "customer",
                                "Ada",
                                "items",
                                1234567,
                                "ratio",
                                0.5,
                                "paid",
                                true))));
        lines.add(new ExpectedLine(
                "The order failed",
                Pattern.compile("The order failed\n"
                        + "java\\.lang\\.IllegalStateException: no payment\n"
                        + "(\tat com\\.example\\.consumer\\.WorkResource\\.order\\(WorkResource\\.java:\\d+\\)\n)"
                        + "(\tat .+\n)+"
                        + "Caused by: java\\.io\\.IOException: connection reset by \\[REDACTED]\n"
                        + "\tat com\\.example\\.consumer\\.WorkResource\\.pay\\(WorkResource\\.java:\\d+\\)\n"
                        + "\tat com\\.example\\.consumer\\.WorkResource\\.order\\(WorkResource\\.java:\\d+\\)\n"
                        + "\t\\.\\.\\. \\d+ common frames omitted"),
                "consumer",
                "ERROR",
                and(
                        own,
                        Map.of(
                                "exception",
                                Map.of("class", "java.lang.IllegalStateException", "message", "no payment")))));
        lines.add(ExpectedLine.of("Paid with [REDACTED]", "consumer", "INFO", and(own, Map.of("card", "[REDACTED]"))));
        lines.add(ExpectedLine.of("Audited", "audit", "INFO", and(own, Map.of("logger", "audit"))));
        lines.add(requestLine(requestLog, query));
        lines.add(new ExpectedLine(
                "Logged while stopping",
                Pattern.compile("Logged while stopping"),
                "consumer",
                "INFO",
                Map.of(
                        "team",
                        "orders",
                        "logger",
                        "com.example.consumer.ConsumerApplication",
                        "thread",
                        Pattern.compile(".+"))));
        return new ExpectedLines(lines);
    }

    private static ExpectedLine requestLine(String requestLog, String query) {
        Pattern any = Pattern.compile(".+");
        Pattern number = Pattern.compile("\\d+");
        String path = query.substring(0, query.indexOf('?'));
        boolean classic = requestLog.equals("classic");
        Map<String, ?> meta = classic
                ? Map.of("team", "orders", "logger", "http.request", "thread", any)
                : Map.of(
                        "team",
                        "orders",
                        "method",
                        "POST",
                        "uri",
                        path,
                        "status",
                        200,
                        "bytes",
                        number,
                        "elapsedMs",
                        number,
                        "remoteAddress",
                        "127.0.0.1",
                        "userAgent",
                        ServiceProcess.USER_AGENT,
                        "protocol",
                        "HTTP/1.1");
        return new ExpectedLine(
                "127.0.0.1 - - [",
                Pattern.compile("127\\.0\\.0\\.1 - - \\[[^]]+] \"POST " + Pattern.quote(classic ? path : query)
                        + " HTTP/1\\.1\" 200 \\d+ \"-?\" \"compatibility\" \\d+"),
                "requests",
                "INFO",
                meta);
    }

    private static Map<String, ?> and(Map<String, ?> fields, Map<String, ?> more) {
        Map<String, Object> all = new HashMap<>(fields);
        all.putAll(more);
        return all;
    }

    /** Compares each line with those that arrived; fields of {@code meta} that others add may be ignored. */
    Result compare(List<JsonNode> received, Predicate<String> ignoredMeta) {
        List<String> problems = new ArrayList<>();
        int arrived = 0;
        for (ExpectedLine expected : lines) {
            List<JsonNode> candidates =
                    received.stream().filter(expected::identifies).toList();
            List<String> differences = candidates.isEmpty()
                    ? List.of("did not arrive")
                    : expected.differences(candidates.get(0), ignoredMeta);
            if (differences.isEmpty()) {
                arrived++;
            }
            differences.forEach(difference -> problems.add("\"" + expected.beginning() + "\" " + difference));
            if (candidates.size() > 1) {
                problems.add("\"" + expected.beginning() + "\" arrived " + candidates.size() + " times");
            }
        }
        arrived += compareNumbered(received, ignoredMeta, problems);
        return new Result(arrived, lines.size() + THREADS * NUMBERED, problems);
    }

    /** Each thread's lines must arrive whole, each once, in their order. Returns the number of those that did. */
    private static int compareNumbered(List<JsonNode> received, Predicate<String> ignoredMeta, List<String> problems) {
        int arrived = 0;
        for (int t = 0; t < THREADS; t++) {
            String thread = "numbered-" + t;
            List<JsonNode> ofThread = received.stream()
                    .filter(line -> line.path("line").asText().startsWith(NUMBER))
                    .filter(line -> line.path("meta").path("thread").asText().equals(thread))
                    .toList();
            List<String> differences = new ArrayList<>();
            int next = 0;
            for (JsonNode line : ofThread) {
                int number = Integer.parseInt(line.path("line").asText().substring(NUMBER.length()));
                List<String> ofLine = new ArrayList<>();
                if (number < next) {
                    ofLine.add(NUMBER + number + " after " + NUMBER + (next - 1));
                }
                next = number + 1;
                ofLine.addAll(ExpectedLine.of(
                                NUMBER + number,
                                "consumer",
                                "INFO",
                                Map.of("team", "orders", "logger", WORK, "thread", thread))
                        .differences(line, ignoredMeta));
                if (ofLine.isEmpty()) {
                    arrived++;
                }
                differences.addAll(ofLine);
            }
            if (ofThread.size() != NUMBERED) {
                problems.add(ofThread.size() + " numbered lines of " + thread + " instead of " + NUMBERED);
            }
            if (!differences.isEmpty()) {
                problems.add(differences.size() + " differences in the numbered lines of " + thread + ", first: "
                        + differences.get(0));
            }
        }
        return arrived;
    }
}
