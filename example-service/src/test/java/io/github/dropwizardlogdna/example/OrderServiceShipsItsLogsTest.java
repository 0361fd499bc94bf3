package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The lines that the service ships with its real configuration, as they arrive at an endpoint. A model for tests of other
 * services. A test of what a class logs needs less: see {@link OrderServiceTest}.
 */
@ExtendWith(DropwizardExtensionsSupport.class)
class OrderServiceShipsItsLogsTest {

    @RegisterExtension
    static final LocalLogDna LOGDNA = LocalLogDna.start().withPatience(Duration.ofMinutes(1));

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final DropwizardAppExtension<OrderConfiguration> SERVICE = new DropwizardAppExtension<>(
            OrderApplication.class,
            "config.yml",
            TestEnvironment.of(Map.of(
                    "LOGDNA_ENDPOINT",
                    LOGDNA.url(),
                    "LOGDNA_INGESTION_KEY",
                    LOGDNA.ingestionKey(),
                    "DEPLOYMENT_ENVIRONMENT",
                    "test",
                    "REGION",
                    "eu-1")));

    private Instant started;
    private String orderId;

    @BeforeEach
    void placeAnOrder() throws Exception {
        started = Instant.now();
        HttpResponse<String> placed = post(
                "/orders", "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea-01\",\"quantity\":2,\"unitPrice\":4.90}]}");
        assertThat(placed.statusCode()).isEqualTo(201);
        String location = placed.headers().firstValue("Location").orElseThrow();
        orderId = location.substring(location.lastIndexOf('/') + 1);
    }

    @Test
    void shipsALineWithItsContext() {
        ReceivedLine line = awaitLineOfTheOrder("Order placed");

        assertThat(line.text()).isEqualTo("Order placed");
        assertThat(line.level()).isEqualTo("INFO");
        assertThat(line.app()).isEqualTo("order-service");
        assertThat(line.env()).isEqualTo("test");
        assertThat(line.timestamp()).isBetween(started.minusMillis(1), Instant.now());
        assertThat(line.meta("requestId").textValue()).isEqualTo("request-1");
        assertThat(line.meta("orderId").textValue()).isEqualTo(orderId);
        assertThat(line.meta("items").isIntegralNumber()).isTrue();
        assertThat(line.meta("total").isNumber()).isTrue();
        assertThat(line.meta("total").decimalValue()).isEqualByComparingTo("9.80");
        assertThat(line.meta("region").textValue()).isEqualTo("eu-1");
        assertThat(line.meta("logger").textValue()).isEqualTo("io.github.dropwizardlogdna.example.order.OrderResource");
        assertThat(line.meta("thread").textValue()).doesNotContain("/orders");
    }

    @Test
    void shipsTheWholeStackTraceOfAnError() throws Exception {
        assertThat(post("/orders/" + orderId + "/payment", "{\"token\":\"unreachable\"}")
                        .statusCode())
                .isEqualTo(502);

        ReceivedLine line = awaitLineOfTheOrder("Payment failed");

        assertThat(line.level()).isEqualTo("ERROR");
        assertThat(line.text())
                .contains("PaymentProviderException: The payment provider did not take order " + orderId)
                .contains("\tat io.github.dropwizardlogdna.example.order.OrderResource.pay(")
                .contains("Caused by: java.net.ConnectException: Connection refused: payments.example.com:443")
                .contains("\tat io.github.dropwizardlogdna.example.order.SimulatedPaymentProvider.request(");
        assertThat(line.meta("exception").get("class").textValue())
                .isEqualTo("io.github.dropwizardlogdna.example.order.PaymentProviderException");
        assertThat(line.meta("orderId").textValue()).isEqualTo(orderId);
    }

    @Test
    void shipsTheRequestLog() throws Exception {
        post("/orders/" + orderId + "/payment", "{\"token\":\"unreachable\"}");

        ReceivedLine placed = LOGDNA.awaitLine("POST /orders HTTP");
        ReceivedLine failed = LOGDNA.awaitLine("/payment HTTP");

        assertThat(placed.level()).isEqualTo("INFO");
        assertThat(placed.app()).isEqualTo("order-service");
        assertThat(placed.meta("method").textValue()).isEqualTo("POST");
        assertThat(placed.meta("uri").textValue()).isEqualTo("/orders");
        assertThat(placed.meta("status").intValue()).isEqualTo(201);
        assertThat(failed.level()).isEqualTo("WARN");
        assertThat(failed.meta("status").intValue()).isEqualTo(502);
    }

    @Test
    void shipsTheAuditTrailUnderItsOwnApp() {
        ReceivedLine line = awaitLineOfTheOrder("An order was placed");

        assertThat(line.app()).isEqualTo("orders-audit");
        assertThat(line.meta("action").textValue()).isEqualTo("placed");
        assertThat(line.meta("orderId").textValue()).isEqualTo(orderId);
        assertThat(line.meta("customer").textValue()).isEqualTo("Ada");
        assertThat(line.meta("requestId").textValue()).isEqualTo("request-1");
        // The root appender would have received it before this line.
        awaitLineOfTheOrder("Order placed");
        assertThat(LOGDNA.lines().text("An order was placed").meta("orderId", orderId))
                .containsExactly(line);
    }

    @Test
    void namesTheHostAndTheTagsOfEveryBatchAndCompressesIt() {
        LOGDNA.awaitLine("Order placed");
        LOGDNA.awaitLine("POST /orders HTTP");

        assertThat(LOGDNA.lines()).isNotEmpty().allSatisfy(line -> {
            assertThat(line.hostname()).isNotBlank();
            assertThat(line.batch().transfer().encoding()).isEqualTo("gzip");
        });
        assertThat(LOGDNA.lines().app("order-service")).isNotEmpty().allSatisfy(line -> assertThat(line.tags())
                .containsExactly("example", "dropwizard"));
    }

    /** A line of the order of another test may come late. */
    private ReceivedLine awaitLineOfTheOrder(String text) {
        return LOGDNA.awaitLine(line -> line.text().contains(text)
                && orderId.equals(line.meta("orderId").textValue()));
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
