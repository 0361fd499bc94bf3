package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random answers at the socket: status lines, headers, chunks and trailers, cut, repeated and mixed with noise.
 * {@code -Danswers=10000} sets their number, {@code -Dseed=} repeats a run.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class AnswerFuzzTest {

    private static final int ANSWERS = Integer.getInteger("answers", 300);
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{\"line\":\"x\"}]}".getBytes(UTF_8), false, 1);
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    /** The promise is {@code timeout} plus a second; a busy machine gets more. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long MOST_HELD = 32L * 1024 * 1024;

    private final Random random = new Random(SEED);

    @Test
    void everyResponseGetsAVerdictInTimeAndLeaksNothing() {
        System.out.println("AnswerFuzzTest: " + ANSWERS + " answers, -Dseed=" + SEED);
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200));
                IngestionClient client = client(server)) {
            HealthyRequest.isDelivered(client, BODY);
            long before = held();
            for (int i = 0; i < ANSWERS; i++) {
                String answer = answer();
                boolean drips = random.nextInt(100) == 0;
                boolean hangs = random.nextInt(100) == 0;
                server.behave(connection -> {
                    connection.readRequest();
                    if (drips) {
                        connection.drip(answer, Duration.ofMillis(5));
                    } else {
                        connection.write(answer);
                    }
                    if (hangs) {
                        connection.discardUntilClosed();
                    } else if (!answer.startsWith("HTTP/1.1 200 OK\r\nContent-Length")) {
                        connection.close();
                    }
                });
                long start = System.nanoTime();

                Verdict verdict = client.send(BODY);

                assertThat(System.nanoTime() - start)
                        .as("answer %s: %s", i, answer)
                        .isLessThan(PATIENCE.toNanos());
                assertThat(verdict.outcome()).as("answer %s: %s", i, answer).isNotNull();
                assertThat(verdict.reason())
                        .as("answer %s: %s", i, answer)
                        .doesNotContain("FOREIGN")
                        .doesNotContain("the-key")
                        .matches("\\P{Cntrl}*");
            }
            server.behave(MisbehavingServer.answer(200));
            HealthyRequest.isDelivered(client, BODY);
            assertThat(held() - before).isLessThan(MOST_HELD);
        }
    }

    private static long held() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private String answer() {
        StringBuilder answer = new StringBuilder();
        for (int i = random.nextInt(4) == 0 ? random.nextInt(30) : 0; i > 0; i--) {
            answer.append("HTTP/1.1 10").append(random.nextInt(4)).append(" FOREIGN\r\n\r\n");
        }
        answer.append(one("HTTP/1.1 ", "HTTP/1.1 ", "HTTP/1.0 ", "HTTP/2 ", "ICY ", "http/1.1 ", noise()));
        answer.append(one("200", "200", "207", "400", "403", "413", "429", "503", "99", "1000", "-1", noise()));
        answer.append(one(" OK", " FOREIGN", "", " " + "x".repeat(random.nextInt(100_000)), noise()))
                .append(lineEnd());
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 3_000 : 8); i > 0; i--) {
            answer.append(header()).append(lineEnd());
        }
        answer.append(lineEnd());
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 2_000 : 6); i > 0; i--) {
            answer.append(chunk());
        }
        answer.append(one("0\r\n", "0\r\n", "", noise()));
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 3_000 : 4); i > 0; i--) {
            answer.append(header()).append(lineEnd());
        }
        answer.append(one("\r\n", "\r\n", "", noise()));
        return random.nextInt(4) == 0 ? answer.substring(0, random.nextInt(answer.length() + 1)) : answer.toString();
    }

    private String header() {
        return one(
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip, FOREIGN",
                "Content-Length: " + random.nextInt(100),
                "Content-Length: 9223372036854775808",
                "Content-Length: -" + random.nextInt(10),
                "Content-Encoding: gzip",
                "Connection: " + one("close", "keep-alive", "upgrade", noise()),
                "Keep-Alive: timeout=" + one("0", "5", "99999999999", noise()),
                "Retry-After: " + one("1", "999999999999999999999", "Sun, 22 Nov 2026 08:49:37 GMT", noise()),
                "Date: " + one("Sun, 22 Nov 2026 08:49:30 GMT", noise()),
                "Location: http://localhost:1/FOREIGN",
                "Set-Cookie: a=FOREIGN",
                "X-Long: " + "x".repeat(random.nextInt(random.nextInt(50) == 0 ? 200_000 : 50)),
                " folded " + noise(),
                ": no name",
                noise());
    }

    private String chunk() {
        String text = "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 20_000 : 50));
        return one(
                Integer.toHexString(text.length()) + "\r\n" + text + "\r\n",
                Integer.toHexString(text.length()) + ";a=" + text + "\r\n" + text + "\r\n",
                Integer.toHexString(text.length() + 1) + "\r\n" + text + "\r\n",
                "7fffffffffffffff\r\n" + text,
                "-1\r\n",
                "{\"status\":[200]}",
                noise());
    }

    private String lineEnd() {
        return random.nextInt(30) == 0 ? one("\n", "\r", "\r\r\n", "") : "\r\n";
    }

    private String noise() {
        StringBuilder noise = new StringBuilder();
        random.ints(random.nextInt(20), 0, 256).forEach(b -> noise.append((char) b));
        return noise.toString();
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static IngestionClient client(MisbehavingServer server) {
        return new JerseyIngestionClient(new IngestionSettings(
                server.endpoint(), "the-key", () -> "host", null, null, List.of(), TIMEOUT, TIMEOUT, null, null));
    }
}
