package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that no server should send: each has a verdict, and the next valid answer is understood. */
@Timeout(180)
class StrangeAnswersTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{\"line\":\"x\"}]}".getBytes(UTF_8), false, 1);
    private static final Outcome[] TAKEN_OR_KEPT = {Outcome.DELIVERED, Outcome.NO_RESPONSE};
    private static final Outcome[] KEPT = {Outcome.NO_RESPONSE};

    private MisbehavingServer server;

    @AfterEach
    void close() {
        server.close();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                // The result for an endless head depends on the JDK: some versions have a limit.
                arguments("a header of 10 MB", ok("X-Long: " + "x".repeat(10_000_000)), TAKEN_OR_KEPT),
                arguments("100,000 headers", ok("X-Many: 1\r\n".repeat(99_999) + "X-Many: 1"), TAKEN_OR_KEPT),
                arguments("a Retry-After of 10 MB", ok("Retry-After: " + "9".repeat(10_000_000)), TAKEN_OR_KEPT),
                arguments("a reason of 1 MB", "HTTP/1.1 200 " + "x".repeat(1_000_000) + "\r\n\r\n", TAKEN_OR_KEPT),
                arguments("no status", "HTTP/1.1\r\n\r\n", KEPT),
                arguments("a status in words", "HTTP/1.1 two hundred\r\n\r\n", KEPT),
                arguments("a status of many digits", "HTTP/1.1 99999999999 OK\r\n\r\n", KEPT),
                arguments("a negative status", "HTTP/1.1 -200 OK\r\n\r\n", KEPT),
                arguments("another protocol", "ICY 200 OK\r\n\r\n", KEPT),
                arguments("a head that is cut", "HTTP/1.1 2", KEPT),
                arguments("nothing but line breaks", "\r\n".repeat(1_000), KEPT),
                arguments("a chunk that is cut", ok("Transfer-Encoding: chunked", "1000\r\nx"), TAKEN_OR_KEPT),
                arguments("a chunk of no size", ok("Transfer-Encoding: chunked", "zz\r\nx"), TAKEN_OR_KEPT),
                arguments("a chunk of 2^63", ok("Transfer-Encoding: chunked", "7fffffffffffffff\r\nx"), TAKEN_OR_KEPT),
                arguments(
                        "an overlong chunk head",
                        ok("Transfer-Encoding: chunked", "1;" + "x".repeat(99_999)),
                        TAKEN_OR_KEPT),
                arguments("less than promised", ok("Content-Length: 1000", "x"), TAKEN_OR_KEPT),
                arguments("more than promised", ok("Content-Length: 1", "xHTTP/1.1 400 Bad\r\n\r\n"), TAKEN_OR_KEPT),
                arguments("a length of 2^63", ok("Content-Length: 9223372036854775807", "x"), TAKEN_OR_KEPT),
                arguments("a length that is none", ok("Content-Length: -5", "x"), TAKEN_OR_KEPT),
                arguments("two lengths", ok("Content-Length: 1\r\nContent-Length: 9", "x"), TAKEN_OR_KEPT),
                arguments(
                        "an encoding that lies", ok("Content-Encoding: gzip\r\nContent-Length: 1", "x"), TAKEN_OR_KEPT),
                arguments("a type that is none", ok("Content-Type: ///;;;\r\nContent-Length: 1", "x"), TAKEN_OR_KEPT));
    }

    private static Arguments arguments(String name, String answer, Outcome[] possible) {
        return Arguments.of(name, answer, possible);
    }

    private static String ok(String headers, String... body) {
        return "HTTP/1.1 200 OK\r\n" + headers + "\r\n\r\n" + String.join("", body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void aStrangeResponseGetsAVerdictAndAffectsNoLaterRequest(String name, String answer, Outcome[] possible) {
        try (IngestionClient client = client(thenClose(answer))) {
            assertThat(client.send(BODY).outcome()).isIn((Object[]) possible);

            server.behave(MisbehavingServer.answer(200));
            assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
        }
    }

    @Test
    void randomBytesGetAVerdictAndAffectNoLaterRequest() {
        Random random = new Random(1);
        try (IngestionClient client = client(MisbehavingServer.answer(200))) {
            for (int i = 0; i < 200; i++) {
                StringBuilder answer = new StringBuilder(random.nextBoolean() ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 ");
                random.ints(random.nextInt(200), 0, 256).forEach(b -> answer.append((char) b));
                server.behave(thenClose(answer.toString()));

                assertThat(client.send(BODY)).isNotNull();
            }

            server.behave(MisbehavingServer.answer(200));
            assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
        }
    }

    private static Behaviour thenClose(String answer) {
        return connection -> {
            connection.readRequest();
            connection.write(answer);
            connection.close();
        };
    }

    private IngestionClient client(Behaviour behaviour) {
        server = MisbehavingServer.http(behaviour);
        Duration timeout = Duration.ofSeconds(20);
        return new JerseyIngestionClient(new IngestionSettings(
                server.endpoint(), "the-key", () -> "host", null, null, List.of(), timeout, timeout, null, null));
    }
}
