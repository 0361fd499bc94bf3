package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service over HTTP, and what its classes log. It uses the configuration of production, but ships nothing.
 */
@ExtendWith(DropwizardExtensionsSupport.class)
class OrderServiceTest {

    private static final DropwizardAppExtension<OrderConfiguration> SERVICE = new DropwizardAppExtension<>(
            OrderApplication.class, "config.yml", TestEnvironment.of(Map.of("LOGDNA_ENABLED", "false")));

    private static final String TEA =
            "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea-01\",\"quantity\":2,\"unitPrice\":4.90},"
                    + "{\"sku\":\"cup-07\",\"quantity\":1,\"unitPrice\":12}]}";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RecordedLog log;

    @BeforeEach
    void recordTheLog() {
        log = RecordedLog.open();
    }

    @AfterEach
    void stopRecording() {
        log.close();
    }

    @Test
    void placesAnOrderAndFindsItAgain() throws Exception {
        HttpResponse<String> placed = post("/orders", TEA);

        assertThat(placed.statusCode()).isEqualTo(201);
        JsonNode order = json(placed);
        assertThat(order.get("total").decimalValue()).isEqualByComparingTo("21.80");
        assertThat(order.get("status").textValue()).isEqualTo("OPEN");
        URI location = URI.create(placed.headers().firstValue("Location").orElseThrow());
        HttpResponse<String> found = send(HttpRequest.newBuilder(location).header("X-Request-Id", "find-1"));
        assertThat(json(found)).isEqualTo(order);
        assertThat(log.events()).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("Order placed");
            assertThat(event.getLevel()).isEqualTo(Level.INFO);
            assertThat(keyValuePairs(event))
                    .contains(entry("items", 2), entry("total", new BigDecimal("21.80")))
                    .extractingByKey("orderId")
                    .hasToString(order.get("id").textValue());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"customer\":\" \",\"items\":[{\"sku\":\"a\",\"quantity\":1,\"unitPrice\":1}]}",
                "{\"customer\":\"Ada\",\"items\":[]}",
                "{\"customer\":\"Ada\",\"items\":[null]}",
                "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"a\",\"quantity\":0,\"unitPrice\":1}]}",
                "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"a\",\"quantity\":1,\"unitPrice\":-1}]}",
                "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"a\",\"quantity\":1,\"unitPrice\":0.001}]}",
                "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"a\",\"quantity\":1}]}"
            })
    void refusesAnInvalidOrder(String order) throws Exception {
        HttpResponse<String> response = post("/orders", order);

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).get("errors")).isNotEmpty();
        assertThat(log.events()).isEmpty();
    }

    @Test
    void explainsTheErrorsOfAnInvalidOrder() throws Exception {
        HttpResponse<String> response =
                post("/orders", "{\"customer\":\"\",\"items\":[{\"sku\":\"a\",\"quantity\":0,\"unitPrice\":1}]}");

        assertThat(json(response).get("errors"))
                .extracting(JsonNode::textValue)
                .containsExactlyInAnyOrder(
                        "customer must not be blank", "items[0].quantity must be greater than or equal to 1");
    }

    @Test
    void shipsNothing() {
        // The threads of an appender, without the watchdog, which belongs to the whole JVM. Awaited, because the
        // threads
        // of another test's service may still be stopping.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("logdna-batcher") || name.startsWith("logdna-sender")));
    }

    @Test
    void bindsItsAdminPortToLoopback() {
        assertThat(SERVICE.getEnvironment().getAdminContext().getServer().getConnectors())
                .filteredOn(connector -> "admin".equals(connector.getName()))
                .extracting(connector -> ((ServerConnector) connector).getHost())
                .containsExactly("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/5f1c7a52-0000-4000-8000-000000000000", "/orders/x"})
    void knowsNoOtherOrders(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void acceptsThePaymentOfAnOrderOnce() throws Exception {
        String order = "/orders/" + placedOrder();

        HttpResponse<String> first = post(order + "/payment", "{\"token\":\"valid\"}");
        HttpResponse<String> second = post(order + "/payment", "{\"token\":\"valid\"}");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(json(get(order)).get("status").textValue()).isEqualTo("PAID");
    }

    @Test
    void keepsAnOrderOpenIfItsPaymentIsDeclined() throws Exception {
        String order = "/orders/" + placedOrder();

        HttpResponse<String> response = post(order + "/payment", "{\"token\":\"declined\"}");

        assertThat(response.statusCode()).isEqualTo(402);
        assertThat(json(get(order)).get("status").textValue()).isEqualTo("OPEN");
        ILoggingEvent event = log.events().get(1);
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        assertThat(keyValuePairs(event)).contains(entry("reason", "insufficient funds"));
    }

    @Test
    void logsTheCauseOfAFailedPaymentAndHidesItFromTheCaller() throws Exception {
        String order = "/orders/" + placedOrder();

        HttpResponse<String> response = post(order + "/payment", "{\"token\":\"unreachable\"}");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(json(response))
                .isEqualTo(MAPPER.readTree(
                        "{\"code\":502,\"message\":\"The payment provider can't be reached; try again later\"}"));
        assertThat(json(get(order)).get("status").textValue()).isEqualTo("OPEN");
        ILoggingEvent event = log.events().get(1);
        assertThat(event.getLevel()).isEqualTo(Level.ERROR);
        assertThat(event.getThrowableProxy().getCause().getClassName()).isEqualTo(ConnectException.class.getName());
    }

    @Test
    void logsAndReturnsTheCallersRequestId() throws Exception {
        HttpResponse<String> response = send(post("/orders").header("X-Request-Id", "Checkout_7.a-b"), TEA);

        assertThat(response.headers().allValues("X-Request-Id")).containsExactly("Checkout_7.a-b");
        assertThat(log.events()).singleElement().satisfies(event -> assertThat(event.getMDCPropertyMap())
                .containsExactly(entry("requestId", "Checkout_7.a-b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "two words",
                "${jndi:x}",
                "<b>",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void replacesALongOrUnsafeRequestId(String requestId) throws Exception {
        HttpResponse<String> response = send(post("/orders").header("X-Request-Id", requestId), TEA);

        String made = response.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(made).hasSize(36).isNotEqualTo(requestId);
        assertThat(log.events().get(0).getMDCPropertyMap()).containsEntry("requestId", made);
    }

    @Test
    void describesItsUseAtTheRoot() throws Exception {
        HttpResponse<String> response = get("/");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("POST /orders");
    }

    private String placedOrder() throws Exception {
        return json(post("/orders", TEA)).get("id").textValue();
    }

    private static Map<String, Object> keyValuePairs(ILoggingEvent event) {
        Map<String, Object> pairs = new TreeMap<>();
        event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
        return pairs;
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return MAPPER.readTree(response.body());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private static HttpResponse<String> post(String path, String json) throws Exception {
        return send(post(path), json);
    }

    private static HttpRequest.Builder post(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String json) throws Exception {
        return send(request.POST(BodyPublishers.ofString(json)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return URI.create("http://localhost:" + SERVICE.getLocalPort() + path);
    }
}
