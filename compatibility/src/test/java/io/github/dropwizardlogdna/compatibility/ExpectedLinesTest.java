package io.github.dropwizardlogdna.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpectedLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QUERY = "/work?numbered=250";
    private static final ExpectedLines EXPECTED = ExpectedLines.loggedBy("dw-7", "classic", QUERY);
    private static final int ALL = 1008;

    private final List<ObjectNode> received = new ArrayList<>();

    @BeforeEach
    void receiveAllThatIsLogged() throws Exception {
        receive("consumer", "INFO", "A plain line with 1 arguments", "{}");
        receive("consumer", "INFO", "Non-ASCII: ıİ ß € 😀 مرحبا", "{}");
        receive("consumer", "WARN", "Markers, MDC and pairs", """
                {"requestId": "r-1", "markers": ["BILLING", "SLOW"], "customer": "Ada", "items": 1234567, "ratio": 0.5,
                 "paid": true}""");
        receive(
                "consumer",
                "ERROR",
                """
                The order failed
                java.lang.IllegalStateException: no payment
                \tat com.example.consumer.WorkResource.order(WorkResource.java:75)
                \tat com.example.consumer.WorkResource.work(WorkResource.java:38)
                Caused by: java.io.IOException: connection reset by [REDACTED]
                \tat com.example.consumer.WorkResource.pay(WorkResource.java:80)
                \tat com.example.consumer.WorkResource.order(WorkResource.java:73)
                \t... 66 common frames omitted""",
                "{\"exception\": {\"class\": \"java.lang.IllegalStateException\", \"message\": \"no payment\"}}");
        receive("consumer", "INFO", "Paid with [REDACTED]", "{\"card\": \"[REDACTED]\"}");
        receive("audit", "INFO", "Audited", "{\"logger\": \"audit\"}");
        receive(
                "requests",
                "INFO",
                "127.0.0.1 - - [27/Nov/2026:01:26:25 +0000] \"POST /work HTTP/1.1\" 200 5 \"\" \"compatibility\" 137",
                "{\"logger\": \"http.request\"}");
        receive(
                "consumer",
                "INFO",
                "Logged while stopping",
                "{\"logger\": \"com.example.consumer.ConsumerApplication\", \"thread\": \"main\"}");
        for (int thread = 0; thread < ExpectedLines.THREADS; thread++) {
            for (int i = 0; i < ExpectedLines.NUMBERED; i++) {
                receive("consumer", "INFO", "Numbered " + i, "{\"thread\": \"numbered-" + thread + "\"}");
            }
        }
    }

    @Test
    void findsNothingIfAllLinesArriveAsLogged() {
        ExpectedLines.Result result = compare();

        assertThat(result.problems()).isEmpty();
        assertThat(result.arrived()).isEqualTo(ALL);
        assertThat(result.logged()).isEqualTo(ALL);
    }

    @Test
    void doesNotCountALineThatIsMissing() {
        received.removeIf(line -> line.path("line").asText().equals("Audited"));

        ExpectedLines.Result result = compare();

        assertThat(result.arrived()).isEqualTo(ALL - 1);
        assertThat(result.problems()).containsExactly("\"Audited\" did not arrive");
    }

    @Test
    void doesNotCountALineWithoutItsStackTraceAndItsFields() {
        received.get(3).put("line", "The order failed").putObject("meta");

        ExpectedLines.Result result = compare();

        assertThat(result.arrived()).isEqualTo(ALL - 1);
        assertThat(result.problems())
                .anyMatch(problem -> problem.contains("line: \"The order failed\" does not match"))
                .contains(
                        "\"The order failed\" meta.exception: missing",
                        "\"The order failed\" meta.thread: missing",
                        "\"The order failed\" meta.logger: missing",
                        "\"The order failed\" meta.team: missing");
    }

    @Test
    void findsAStackTraceWithoutItsCause() {
        String whole = received.get(3).path("line").asText();
        received.get(3).put("line", whole.substring(0, whole.indexOf("\nCaused by")));

        assertThat(compare().problems()).hasSize(1).allMatch(problem -> problem.contains("does not match"));
    }

    @Test
    void findsAValueOfAnotherType() {
        ((ObjectNode) received.get(2).get("meta")).put("items", "1234567");

        assertThat(compare().problems())
                .containsExactly("\"Markers, MDC and pairs\" meta.items: \"1234567\" instead of 1234567");
    }

    @Test
    void findsAnUnexpectedFieldUnlessItIsIgnored() {
        ((ObjectNode) received.get(0).get("meta")).put("trace_id", "1");

        assertThat(compare().problems())
                .containsExactly("\"A plain line with 1 arguments\" meta.trace_id: unexpected \"1\"");
        assertThat(EXPECTED.compare(lines(), "trace_id"::equals).problems()).isEmpty();
    }

    @Test
    void findsALineThatArrivedTwice() {
        received.add(received.get(5));

        assertThat(compare().problems()).containsExactly("\"Audited\" arrived 2 times");
    }

    @Test
    void findsLinesOfOneThreadInAnotherOrder() {
        Collections.swap(received, 20, 21);

        ExpectedLines.Result result = compare();

        assertThat(result.arrived()).isEqualTo(ALL - 1);
        assertThat(result.problems())
                .containsExactly(
                        "1 differences in the numbered lines of numbered-0, first: Numbered 12 after Numbered 13");
    }

    @Test
    void findsANumberedLineThatIsMissing() {
        received.remove(received.size() - 1);

        ExpectedLines.Result result = compare();

        assertThat(result.arrived()).isEqualTo(ALL - 1);
        assertThat(result.problems()).containsExactly("249 numbered lines of numbered-3 instead of 250");
    }

    private void receive(String app, String level, String line, String meta) throws Exception {
        ObjectNode fields = JSON.createObjectNode()
                .put("team", "orders")
                .put("logger", "com.example.consumer.Work")
                .put("thread", "dw-7");
        fields.setAll((ObjectNode) JSON.readTree(meta));
        received.add(JSON.createObjectNode().put("app", app).put("level", level).put("line", line));
        received.get(received.size() - 1).set("meta", fields);
    }

    private ExpectedLines.Result compare() {
        return EXPECTED.compare(lines(), name -> false);
    }

    private List<JsonNode> lines() {
        return List.copyOf(received);
    }
}
