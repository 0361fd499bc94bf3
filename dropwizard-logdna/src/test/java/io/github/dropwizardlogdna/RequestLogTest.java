package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.LoggingUtil;
import io.dropwizard.testing.DropwizardTestSupport;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the wire of a service's requests, for both kinds of {@code server.requestLog}. */
class RequestLogTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final LocalLogDna ENDPOINT = LocalLogDna.start().withPatience(Duration.ofMinutes(1));

    @TempDir
    java.nio.file.Path directory;

    @AfterEach
    void ignoreTheStatusMessagesOfLogback() {
        LoggingUtil.getLoggerContext().getStatusManager().clear(); // Dropwizard's classic layout has no pattern
    }

    @Test
    void sendsTheFieldsOfARequest() throws Exception {
        ReceivedLine line = lineOf("logback-access", "meta: {region: eu}", "/orders?status=200&token=secret");

        assertThat(line.text())
                .contains("\"GET /orders?status=200&token=secret HTTP/1.1\" 200")
                .doesNotEndWith("\n");
        assertThat(line.level()).isEqualTo("INFO");
        assertThat(line.app()).isEqualTo("shop");
        ObjectNode meta = line.meta().deepCopy();
        assertThat(meta.remove("elapsedMs").longValue()).isNotNegative();
        assertThat(meta).isEqualTo(JSON.readTree("""
                        {"method": "GET", "uri": "/orders", "status": 200, "bytes": 2, "remoteAddress": "127.0.0.1",
                         "userAgent": "shopper/1.0", "protocol": "HTTP/1.1", "region": "eu"}"""));
    }

    @Test
    void shipsAServerErrorAsAWarning() throws Exception {
        ReceivedLine line = lineOf("logback-access", "", "/orders?status=503");

        assertThat(line.level()).isEqualTo("WARN");
        assertThat(line.meta("status").intValue()).isEqualTo(503);
    }

    @Test
    void sendsTheTextOfTheLogFormat() throws Exception {
        ReceivedLine line = lineOf("logback-access", "logFormat: '%requestMethod %statusCode'", "/orders?status=404");

        assertThat(line.text()).isEqualTo("GET 404");
        assertThat(line.level()).isEqualTo("INFO");
    }

    @Test
    void leavesOutTheQueryWithTheLogFormatOfTheReadme() throws Exception {
        ReceivedLine line = lineOf("logback-access", "logFormat: '%m %U %H %s'", "/orders?status=200&token=secret");

        assertThat(line.text()).isEqualTo("GET /orders HTTP/1.1 200");
    }

    @Test
    void sendsAClassicRequestLogAsOrdinaryLines() throws Exception {
        ReceivedLine line = lineOf("classic", "meta: {region: eu}", "/orders?status=200");

        assertThat(line.text()).contains("\"GET /orders HTTP/1.1\" 200").doesNotEndWith("\n");
        assertThat(line.level()).isEqualTo("INFO");
        assertThat(line.meta("logger").textValue()).isEqualTo("http.request");
        assertThat(line.meta("region").textValue()).isEqualTo("eu");
        assertThat(line.meta().has("status")).isFalse();
    }

    @Test
    void filtersByUriAsDropwizardDoes() throws Exception {
        ReceivedLine line =
                lineOf("logback-access", "filterFactories: [{type: uri, uris: [/ping]}]", "/ping", "/orders");

        assertThat(line.meta("uri").textValue()).isEqualTo("/orders");
    }

    /** Runs a service, requests these paths, and returns the one line that this made. */
    private ReceivedLine lineOf(String kind, String options, String... paths) throws Exception {
        DropwizardTestSupport<Configuration> service =
                new DropwizardTestSupport<>(Shop.class, configuration(kind, options));
        service.before();
        try {
            for (String path : paths) {
                get(URI.create("http://localhost:" + service.getLocalPort() + path));
            }
            ENDPOINT.awaitLines(1, lines -> lines);
        } finally {
            service.after();
        }
        assertThat(ENDPOINT.lines()).hasSize(1);
        return ENDPOINT.lines().get(0);
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
                        ingestionKey: %s
                        flushInterval: 10ms
                        endpoint: %s
                """.formatted(kind, ENDPOINT.ingestionKey(), ENDPOINT.url());
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
