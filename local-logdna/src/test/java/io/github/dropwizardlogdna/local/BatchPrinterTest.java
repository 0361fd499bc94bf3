package io.github.dropwizardlogdna.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPrinterTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:01.234Z");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final BatchPrinter printer =
            new BatchPrinter(new PrintStream(printed, false, StandardCharsets.UTF_8), ZoneOffset.UTC);

    @Test
    void printsALineAndTheSizeOfItsBatch() throws Exception {
        JsonNode meta = new ObjectMapper().readTree("{\"orderId\":\"7\"}");
        print(List.of("example"), new Batch.Transfer("gzip", 1_234, 56_789), line("Order placed", "INFO", meta));

        assertThat(rows())
                .containsExactly(
                        "[ingestion] 12:00:01.234 INFO  order-service web-1 Order placed {\"orderId\":\"7\"}",
                        "[ingestion] -- 1 line from web-1 [example]: 1,234 bytes of gzip for 56,789 of JSON");
    }

    @Test
    void printsAStackTraceIndentedBelowItsLine() {
        print(
                List.of(),
                new Batch.Transfer("identity", 99, 99),
                line(
                        "Failed\njava.io.IOException: no\n\tat Here.now(Here.java:1)\n",
                        "ERROR",
                        new TextNode("{\"a\":1}")),
                line("Next", null, null));

        assertThat(rows())
                .containsExactly(
                        "[ingestion] 12:00:01.234 ERROR order-service web-1 Failed {\"a\":1}",
                        "[ingestion]     java.io.IOException: no",
                        "[ingestion]         at Here.now(Here.java:1)",
                        "[ingestion] 12:00:01.234 -     order-service web-1 Next",
                        "[ingestion] -- 2 lines from web-1: 99 bytes of JSON");
    }

    @Test
    void escapesTerminalControlSequences() {
        print(List.of(), new Batch.Transfer("identity", 9, 9), line("red \u001b[31m\u0007 \u009b", "INFO", null));

        assertThat(rows()).first().isEqualTo("[ingestion] 12:00:01.234 INFO  order-service web-1 red ?[31m? ?");
    }

    private void print(List<String> tags, Batch.Transfer transfer, Line... lines) {
        printer.arrived(new Batch(NOON, "web-1", tags, List.of(lines), transfer));
    }

    private static Line line(String text, String level, JsonNode meta) {
        return new Line(NOON, text, level, "order-service", null, meta == null ? null : meta.toString());
    }

    private List<String> rows() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
