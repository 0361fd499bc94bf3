package io.github.dropwizardlogdna;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.LoggingUtil;
import io.dropwizard.testing.DropwizardTestSupport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the wire of a service's requests, for both kinds of {@code server.requestLog}. */
class RequestLogTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final WireMockExtension ENDPOINT = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort())
            .build();

    @TempDir
    java.nio.file.Path directory;

    @BeforeEach
    void takeAll() {
        ENDPOINT.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200)));
    }

    @AfterEach
    void forgetWhatLogbackSays() {
        LoggingUtil.getLoggerContext().getStatusManager().clear(); // Dropwizard's classic layout has no pattern
    }

    @Test
    void sendsTheFieldsOfARequest() throws Exception {
        JsonNode line = lineOf("logback-access", "meta: {region: eu}", "/orders?status=200&token=secret");

        assertThat(line.get("line").textValue())
                .contains("\"GET /orders?status=200&token=secret HTTP/1.1\" 200")
                .doesNotEndWith("\n");
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("app").textValue()).isEqualTo("shop");
        ObjectNode meta = line.get("meta").deepCopy();
        assertThat(meta.remove("elapsedMs").longValue()).isNotNegative();
        assertThat(meta).isEqualTo(JSON.readTree("""
                        {"method": "GET", "uri": "/orders", "status": 200, "bytes": 2, "remoteAddress": "127.0.0.1",
                         "userAgent": "shopper/1.0", "protocol": "HTTP/1.1", "region": "eu"}"""));
    }

    @Test
    void warnsOfAFailureOfTheServer() throws Exception {
        JsonNode line = lineOf("logback-access", "", "/orders?status=503");

        assertThat(line.get("level").textValue()).isEqualTo("WARN");
        assertThat(line.get("meta").get("status").intValue()).isEqualTo(503);
    }

    @Test
    void sendsWhatTheLogFormatPrints() throws Exception {
        JsonNode line = lineOf("logback-access", "logFormat: '%requestMethod %statusCode'", "/orders?status=404");

        assertThat(line.get("line").textValue()).isEqualTo("GET 404");
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
    }

    @Test
    void sendsAClassicRequestLogAsOrdinaryLines() throws Exception {
        JsonNode line = lineOf("classic", "meta: {region: eu}", "/orders?status=200");

        assertThat(line.get("line").textValue())
                .contains("\"GET /orders HTTP/1.1\" 200")
                .doesNotEndWith("\n");
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("meta").get("logger").textValue()).isEqualTo("http.request");
        assertThat(line.get("meta").get("region").textValue()).isEqualTo("eu");
        assertThat(line.get("meta").has("status")).isFalse();
    }

    @Test
    void filtersByUriAsDropwizardDoes() throws Exception {
        JsonNode line = lineOf("logback-access", "filterFactories: [{type: uri, uris: [/ping]}]", "/ping", "/orders");

        assertThat(line.get("meta").get("uri").textValue()).isEqualTo("/orders");
    }

    /** Runs a service, requests these paths, and returns the one line that this made. */
    private JsonNode lineOf(String kind, String options, String... paths) throws Exception {
        DropwizardTestSupport<Configuration> service =
                new DropwizardTestSupport<>(Shop.class, configuration(kind, options));
        service.before();
        try {
            for (String path : paths) {
                get(URI.create("http://localhost:" + service.getLocalPort() + path));
            }
            await().untilAsserted(() -> assertThat(lines()).isNotEmpty());
        } finally {
            service.after();
        }
        assertThat(lines()).hasSize(1);
        return lines().get(0);
    }

    private String configuration(String kind, String options) throws Exception {
        String yaml = """
                logging:
                  level: WARN
                server:
                  applicationConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
                  adminConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
                  requestLog:
                    type: %s
                    appenders:
                      - type: logdna
                        ingestionKey: the-key
                        flushInterval: 10ms
                        endpoint: %s
                """.formatted(kind, ENDPOINT.baseUrl());
        return Files.writeString(directory.resolve("config.yml"), yaml + options.indent(8))
                .toString();
    }

    private static void get(URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .header("User-Agent", "shopper/1.0")
                .build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
    }

    private static List<JsonNode> lines() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (var event : ENDPOINT.getAllServeEvents()) {
            Request request = event.getRequest();
            JSON.readTree(request.getBodyAsString()).get("lines").forEach(lines::add);
        }
        return lines;
    }

    /** Answers with the status that it is asked for. */
    public static final class Shop extends Application<Configuration> {

        @Override
        public String getName() {
            return "shop";
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            environment.jersey().register(new Orders());
        }
    }

    /** All that this service has. */
    @Path("/")
    public static final class Orders {

        @GET
        @Path("orders")
        public Response orders(@QueryParam("status") Integer status) {
            return Response.status(status == null ? 200 : status).entity("ok").build();
        }

        @GET
        @Path("ping")
        public String ping() {
            return "pong";
        }
    }
}
