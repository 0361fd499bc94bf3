package io.github.dropwizardlogdna.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalLogDnaTest {

    @RegisterExtension
    static final LocalLogDna LOGDNA = LocalLogDna.start();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final String PLACED =
            "{\"line\":\"Order placed\",\"level\":\"INFO\",\"app\":\"orders\",\"meta\":{\"items\":2,\"id\":\"o-1\"}}";
    private static final String FAILED =
            "{\"line\":\"Payment failed\",\"level\":\"ERROR\",\"app\":\"till\",\"meta\":\"{\\\"id\\\":\\\"o-2\\\"}\"}";

    @Test
    void findsLinesByAppLevelTextAndMeta() throws Exception {
        ship(PLACED, FAILED);

        assertThat(LOGDNA.lines()).hasSize(2);
        assertThat(LOGDNA.lines().app("orders").texts()).containsExactly("Order placed");
        assertThat(LOGDNA.lines().level("error").texts()).containsExactly("Payment failed");
        assertThat(LOGDNA.lines().text("Pay").texts()).containsExactly("Payment failed");
        assertThat(LOGDNA.lines().meta("items").texts()).containsExactly("Order placed");
        assertThat(LOGDNA.lines().meta("items", 2).meta("id", "o-1")).hasSize(1);
        assertThat(LOGDNA.lines().meta("id", "o-2").texts()).containsExactly("Payment failed");
        assertThat(LOGDNA.lines().meta("id", "o-3")).isEmpty();
        ReceivedLine placed = LOGDNA.awaitLine("placed");
        assertThat(placed.hostname()).isEqualTo("web-1");
        assertThat(placed.tags()).containsExactly("a", "b");
        assertThat(placed.meta("nothing").isMissingNode()).isTrue();
    }

    @Test
    void waitsForALine() throws Exception {
        CompletableFuture<ReceivedLine> waiting = CompletableFuture.supplyAsync(() -> LOGDNA.awaitLine("placed"));
        ship(FAILED);
        assertThat(waiting).isNotDone();

        ship(PLACED);

        assertThat(waiting.get().app()).isEqualTo("orders");
        assertThat(LOGDNA.awaitLine(line -> "till".equals(line.app())).text()).isEqualTo("Payment failed");
        assertThat(LOGDNA.awaitLines(2, lines -> lines)).hasSize(2);
    }

    @Test
    void showsReceivedLinesIfTheAwaitedOneIsMissing() throws Exception {
        try (LocalLogDna other = LocalLogDna.start().withPatience(Duration.ofMillis(50))) {
            ship(other, "wrong", PLACED);
            ship(other, "local", PLACED, FAILED);
            await().until(() -> !other.refused().isEmpty());

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> other.awaitLine("Order shipped"))
                    .withMessageContaining("0 of 1 arrived: line whose text contains \"Order shipped\"")
                    .withMessageContaining("2 lines arrived in 1 requests:")
                    .withMessageContaining("INFO orders \"Order placed\" {\"items\":2,\"id\":\"o-1\"}")
                    .withMessageContaining(
                            "403 Account not found or inactive (POST /logs/ingest from Java-http-client");
        }
    }

    @Test
    void answersAsConfigured() throws Exception {
        LOGDNA.answer(429, "Retry-After", "2");
        assertThat(ship(PLACED).headers().firstValue("Retry-After")).hasValue("2");
        assertThat(ship(PLACED).statusCode()).isEqualTo(429);

        LOGDNA.answer(200);
        LOGDNA.answerNext(503, 500);
        assertThat(ship(PLACED).statusCode()).isEqualTo(503);
        assertThat(ship(PLACED).statusCode()).isEqualTo(500);
        assertThat(LOGDNA.lines()).isEmpty();
        assertThat(ship(PLACED).statusCode()).isEqualTo(200);
        assertThat(LOGDNA.lines()).hasSize(1);
    }

    @Test
    void answersInTurn() throws Exception {
        LOGDNA.answerInTurn(200, 500);
        LOGDNA.answerNext(503);

        assertThat(ship(PLACED).statusCode()).isEqualTo(503);
        assertThat(ship(PLACED).statusCode()).isEqualTo(200);
        assertThat(ship(PLACED).statusCode()).isEqualTo(500);
        assertThat(ship(PLACED).statusCode()).isEqualTo(200);
    }

    @Test
    void findsTheRequestsInWhichLinesArrived() throws Exception {
        ship(PLACED, FAILED, PLACED);
        ship(PLACED);

        assertThat(LOGDNA.lines().batches())
                .extracting(batch -> batch.lines().size())
                .containsExactly(3, 1);
        assertThat(LOGDNA.lines().app("till").batches()).hasSize(1);
    }

    @Test
    void acceptsAnyKeyWithSettingsThatHaveNone() throws Exception {
        try (LocalLogDna open = LocalLogDna.start(EndpointSettings.onPort(0))) {
            assertThat(ship(open, "any", PLACED).statusCode()).isEqualTo(200);
            assertThat(ship(open, open.ingestionKey(), PLACED).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusesALineOfABatch() throws Exception {
        LOGDNA.refuseLine("placed");

        HttpResponse<String> response = ship(FAILED, PLACED, FAILED);

        assertThat(response.statusCode()).isEqualTo(207);
        assertThat(response.body()).isEqualTo("{\"status\":[200,400,200]}");
        assertThat(LOGDNA.lines().texts()).containsExactly("Payment failed", "Payment failed");
    }

    @Test
    void hangsUntilAnswersAreConfiguredAgain() throws Exception {
        LOGDNA.hang();
        CompletableFuture<HttpResponse<String>> request =
                HTTP.sendAsync(request(LOGDNA, "local", PLACED), BodyHandlers.ofString());
        await().until(() -> LOGDNA.hanging() == 1);
        assertThat(request).isNotDone();

        LOGDNA.takeAll();

        assertThat(request).failsWithin(Duration.ofSeconds(50));
        assertThat(LOGDNA.lines()).isEmpty();
        assertThat(ship(PLACED).statusCode()).isEqualTo(200);
    }

    @Test
    void cutsRequestsOff() {
        LOGDNA.cutOff();

        assertThatIOException().isThrownBy(() -> ship(PLACED));
        assertThat(LOGDNA.lines()).isEmpty();
    }

    @Test
    @Order(1)
    void leavesALineAndAnAnswerForTheNextTest() throws Exception {
        ship(PLACED);
        LOGDNA.answer(503);
    }

    @Test
    @Order(2)
    void isEmptyAndInOrderBeforeEachTest() throws Exception {
        assertThat(LOGDNA.lines()).isEmpty();
        assertThat(ship(PLACED).statusCode()).isEqualTo(200);
    }

    @Test
    void freesItsPortWhenClosed() {
        LocalLogDna other = LocalLogDna.start();
        other.close();

        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> ship(other, "local", PLACED));
    }

    private static HttpResponse<String> ship(String... lines) throws IOException, InterruptedException {
        return ship(LOGDNA, "local", lines);
    }

    private static HttpResponse<String> ship(LocalLogDna to, String key, String... lines)
            throws IOException, InterruptedException {
        return HTTP.send(request(to, key, lines), BodyHandlers.ofString());
    }

    private static HttpRequest request(LocalLogDna to, String key, String... lines) {
        return HttpRequest.newBuilder(URI.create(to.url() + "?hostname=web-1&tags=a,b"))
                .header("apikey", key)
                .POST(BodyPublishers.ofString("{\"lines\":[" + String.join(",", lines) + "]}"))
                .build();
    }
}
