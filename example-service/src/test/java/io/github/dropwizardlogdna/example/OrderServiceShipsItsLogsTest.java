package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.github.dropwizardlogdna.local.EndpointSettings;
import io.github.dropwizardlogdna.local.IngestionEndpoint;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the service ships, with the configuration that people copy, as it arrives at an endpoint: for a test of one's own
 * service, the one to start from. A test of what a class logs needs less; see {@link OrderServiceTest}.
 */
@ExtendWith(DropwizardExtensionsSupport.class)
class OrderServiceShipsItsLogsTest {

    private static final String KEY = "key-of-the-test";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Queue<Batch> ARRIVED = new ConcurrentLinkedQueue<>();

    /** Never closed: what the service logs while it stops arrives, too, and its threads are daemons. */
    private static final IngestionEndpoint ENDPOINT = startEndpoint();

    private static final DropwizardAppExtension<OrderConfiguration> SERVICE = new DropwizardAppExtension<>(
            OrderApplication.class,
            "config.yml",
            TestEnvironment.of(Map.of(
                    "LOGDNA_ENDPOINT",
                    ENDPOINT.url(),
                    "LOGDNA_INGESTION_KEY",
                    KEY,
                    "DEPLOYMENT_ENVIRONMENT",
                    "test",
                    "REGION",
                    "eu-1")));

    private Instant started;
    private String orderId;

    private static IngestionEndpoint startEndpoint() {
        try {
            return IngestionEndpoint.start(EndpointSettings.onPort(0).withIngestionKey(KEY), ARRIVED::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void placeAnOrder() throws Exception {
        ARRIVED.clear();
        started = Instant.now();
        HttpResponse<String> placed = post(
                "/orders", "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea-01\",\"quantity\":2,\"unitPrice\":4.90}]}");
        assertThat(placed.statusCode()).isEqualTo(201);
        String location = placed.headers().firstValue("Location").orElseThrow();
        orderId = location.substring(location.lastIndexOf('/') + 1);
    }

    @Test
    void shipsALineWithItsContext() {
        Line line = arrivedLine("Order placed");

        assertThat(line.text()).isEqualTo("Order placed");
        assertThat(line.level()).isEqualTo("INFO");
        assertThat(line.app()).isEqualTo("order-service");
        assertThat(line.env()).isEqualTo("test");
        assertThat(line.timestamp()).isBetween(started.minusMillis(1), Instant.now());
        assertThat(line.meta().get("requestId").textValue()).isEqualTo("request-1");
        assertThat(line.meta().get("orderId").textValue()).isEqualTo(orderId);
        assertThat(line.meta().get("items").isIntegralNumber()).isTrue();
        assertThat(line.meta().get("total").isNumber()).isTrue();
        assertThat(line.meta().get("total").decimalValue()).isEqualByComparingTo("9.80");
        assertThat(line.meta().get("region").textValue()).isEqualTo("eu-1");
        assertThat(line.meta().get("logger").textValue())
                .isEqualTo("io.github.dropwizardlogdna.example.order.OrderResource");
        assertThat(line.meta().get("thread").textValue()).doesNotContain("/orders");
    }

    @Test
    void shipsTheWholeStackTraceOfAnError() throws Exception {
        assertThat(post("/orders/" + orderId + "/payment", "{\"token\":\"unreachable\"}")
                        .statusCode())
                .isEqualTo(502);

        Line line = arrivedLine("Payment failed");

        assertThat(line.level()).isEqualTo("ERROR");
        assertThat(line.text())
                .contains("PaymentProviderException: The payment provider did not take order " + orderId)
                .contains("\tat io.github.dropwizardlogdna.example.order.OrderResource.pay(")
                .contains("Caused by: java.net.ConnectException: Connection refused: payments.example.com:443")
                .contains("\tat io.github.dropwizardlogdna.example.order.SimulatedPaymentProvider.request(");
        assertThat(line.meta().get("exception").get("class").textValue())
                .isEqualTo("io.github.dropwizardlogdna.example.order.PaymentProviderException");
        assertThat(line.meta().get("orderId").textValue()).isEqualTo(orderId);
    }

    @Test
    void shipsTheRequestLog() throws Exception {
        post("/orders/" + orderId + "/payment", "{\"token\":\"unreachable\"}");

        Line placed = arrivedLine("POST /orders HTTP");
        Line failed = arrivedLine("/payment HTTP");

        assertThat(placed.level()).isEqualTo("INFO");
        assertThat(placed.app()).isEqualTo("order-service");
        assertThat(placed.meta().get("method").textValue()).isEqualTo("POST");
        assertThat(placed.meta().get("uri").textValue()).isEqualTo("/orders");
        assertThat(placed.meta().get("status").intValue()).isEqualTo(201);
        assertThat(failed.level()).isEqualTo("WARN");
        assertThat(failed.meta().get("status").intValue()).isEqualTo(502);
    }

    @Test
    void shipsTheAuditTrailToAnAppOfItsOwn() {
        Line line = arrivedLine("An order was placed");

        assertThat(line.app()).isEqualTo("orders-audit");
        assertThat(line.meta().get("action").textValue()).isEqualTo("placed");
        assertThat(line.meta().get("orderId").textValue()).isEqualTo(orderId);
        assertThat(line.meta().get("customer").textValue()).isEqualTo("Ada");
        assertThat(line.meta().get("requestId").textValue()).isEqualTo("request-1");
        // The log's own appender would have been given it first.
        arrivedLine("Order placed");
        assertThat(lines("An order was placed")).containsExactly(line);
    }

    @Test
    void namesTheHostAndTheTagsOfEveryBatchAndCompressesIt() {
        arrivedLine("Order placed");
        arrivedLine("POST /orders HTTP");

        assertThat(ARRIVED).isNotEmpty().allSatisfy(batch -> {
            assertThat(batch.hostname()).isNotBlank();
            assertThat(batch.transfer().encoding()).isEqualTo("gzip");
        });
        assertThat(ARRIVED)
                .filteredOn(batch -> batch.lines().stream().anyMatch(line -> "order-service".equals(line.app())))
                .isNotEmpty()
                .allSatisfy(batch -> assertThat(batch.tags()).containsExactly("example", "dropwizard"));
    }

    private static Line arrivedLine(String part) {
        return await().atMost(Duration.ofSeconds(10))
                .until(() -> lines(part), found -> !found.isEmpty())
                .get(0);
    }

    private static List<Line> lines(String part) {
        return ARRIVED.stream()
                .flatMap(batch -> batch.lines().stream())
                .filter(line -> line.text().contains(part))
                .toList();
    }

    private static HttpResponse<String> post(String path, String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + SERVICE.getLocalPort() + path))
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "request-1")
                .POST(BodyPublishers.ofString(json))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}
