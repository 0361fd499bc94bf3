package io.github.dropwizardlogdna;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What goes over the wire, for each option: from the YAML and an event that is logged to the request. WireMock keeps the
 * request as it was sent: the URL, the headers and the JSON, of which LocalLogDna shows only what they mean.
 */
class RequestTest {

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @RegisterExtension
    static final WireMockExtension ENDPOINT = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort())
            .build();

    private final Logger shop = LoggerFactory.getLogger("shop.Checkout");
    private final MetricRegistry metrics = new MetricRegistry();
    private LoggingFactory logging = new DefaultLoggingFactory();

    @BeforeEach
    void takeAll() {
        ENDPOINT.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200)));
    }

    @AfterEach
    void stop() {
        MDC.clear();
        logging.stop();
        logging.reset();
    }

    @Test
    void ofTheDefaults() throws Exception {
        configure("");
        long before = System.currentTimeMillis();

        shop.info("Order {} placed", 17);

        LoggedRequest request = request();
        long after = System.currentTimeMillis();
        assertThat(request.getMethod()).isEqualTo(RequestMethod.POST);
        assertThat(URI.create(request.getUrl()).getRawPath()).isEqualTo("/logs/ingest");
        assertThat(request.getQueryParams()).containsOnlyKeys("hostname", "now");
        assertThat(request.queryParameter("hostname").firstValue()).isNotBlank();
        assertThat(Long.parseLong(request.queryParameter("now").firstValue())).isBetween(before, after);
        assertThat(request.header("apikey").values()).containsExactly("the-key");
        assertThat(request.containsHeader("Authorization")).isFalse();
        assertThat(request.header("Content-Type").values()).containsExactly("application/json; charset=UTF-8");
        assertThat(request.header("Content-Encoding").values()).containsExactly("gzip");
        assertThat(request.header("User-Agent").firstValue()).matches("dropwizard-logdna/\\d+\\.\\d+\\.\\d+.*");
        assertThat(request.getUrl() + request.getBodyAsString()).doesNotContain("the-key");

        JsonNode line = lines(request).get(0);
        assertThat(line.get("timestamp").longValue()).isBetween(before, after);
        assertThat(line).isEqualTo(json("""
                        {"timestamp": %s, "line": "Order 17 placed", "level": "INFO", "app": "orders",
                         "meta": {"logger": "shop.Checkout", "thread": "%s"}}""".formatted(
                        line.get("timestamp"), Thread.currentThread().getName())));
    }

    @Nested
    class WithTheEndpoint {

        @ParameterizedTest
        @CsvSource({"'',/logs/ingest", "/,/logs/ingest", "/logs/ingest/,/logs/ingest", "/own/path,/own/path"})
        void completesItsPath(String path, String requested) throws Exception {
            configureAt(ENDPOINT.baseUrl() + path, "");

            shop.info("a line");

            assertThat(URI.create(request().getUrl()).getRawPath()).isEqualTo(requested);
        }

        @Test
        void keepsItsQuery() throws Exception {
            configureAt(ENDPOINT.baseUrl() + "?tenant=a%26b", "hostname: web-1");

            shop.info("a line");

            assertThat(request().getUrl()).startsWith("/logs/ingest?tenant=a%26b&hostname=web-1&now=");
        }
    }

    @Nested
    class WithWhatDescribesTheService {

        @Test
        void sendsAllOfIt() throws Exception {
            configure("""
                    hostname: web 1
                    app: checkout
                    env: staging
                    ip: 192.0.2.7
                    mac: 00:1b:44:11:3a:b7
                    tags: [blue, "{green}", "a&b"]""");

            shop.info("a line");

            LoggedRequest request = request();
            assertThat(request.getUrl())
                    .startsWith("/logs/ingest?hostname=web%201&mac=00%3A1b%3A44%3A11%3A3a%3Ab7&ip=192.0.2.7&now=")
                    .endsWith("&tags=blue,%7Bgreen%7D,a%26b");
            assertThat(lines(request).get(0).get("app").textValue()).isEqualTo("checkout");
            assertThat(lines(request).get(0).get("env").textValue()).isEqualTo("staging");
        }

        @Test
        void omitsBlankOptions() throws Exception {
            configure("app: ''\nenv: ''\nip: ''\nmac: ' '\ntags: ''\nhostname: ''");

            shop.info("a line");

            LoggedRequest request = request();
            assertThat(request.getQueryParams()).containsOnlyKeys("hostname", "now");
            assertThat(request.queryParameter("hostname").firstValue()).isNotBlank();
            assertThat(lines(request).get(0).get("app").textValue()).isEqualTo("orders");
            assertThat(lines(request).get(0).has("env")).isFalse();
        }

        @Test
        void takesAnIpOfVersion6() throws Exception {
            configure("ip: 2001:db8::7");

            shop.info("a line");

            assertThat(request().queryParameter("ip").firstValue()).isEqualTo("2001:db8::7");
        }

        @ParameterizedTest
        @ValueSource(strings = {"[blue, green]", "blue,green", "'blue, green, '", "['blue,green']"})
        void takesTagsAsAListOrAsOneString(String tags) throws Exception {
            configure("tags: " + tags);

            shop.info("a line");

            assertThat(request().getUrl()).endsWith("&tags=blue,green");
        }

        @ParameterizedTest
        @ValueSource(strings = {"tags: [red]", "tags: red", "env: staging"})
        void takesTagsFromTheCommandLine(String options) throws Exception {
            System.setProperty("dw.logging.appenders[0].tags", "blue,green");
            try {
                configure(options);
            } finally {
                System.clearProperty("dw.logging.appenders[0].tags");
            }

            shop.info("a line");

            assertThat(request().getUrl()).endsWith("&tags=blue,green");
        }
    }

    @Nested
    class WithMeta {

        @Test
        void sendsFixedFieldsWithEveryLine() throws Exception {
            configure("meta: {region: eu, shard: 3, canary: true, ratio: 0.5, owner: {team: a, people: [x, y]}}\n"
                    + "flushInterval: 1h");

            shop.info("first");
            shop.info("second");

            assertThat(lines(request())).hasSize(2).allSatisfy(line -> assertThat(
                            without(line.get("meta"), "logger", "thread"))
                    .isEqualTo(json("""
                            {"region": "eu", "shard": 3, "canary": true, "ratio": 0.5,
                             "owner": {"team": "a", "people": ["x", "y"]}}""")));
        }

        @Test
        void sendsItAsAStringThatIsNotIndexed() throws Exception {
            configure("indexMeta: false\nmeta: {region: eu}");

            shop.info("a line");

            JsonNode meta = onlyLine().get("meta");
            assertThat(meta.isTextual()).isTrue();
            assertThat(json(meta.textValue()).get("region").textValue()).isEqualTo("eu");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "env: staging; {\"request\":\"r1\",\"user\":\"u1\",\"cart\":\"c1\"}",
                    "includesMdcKeys: [request, user]; {\"request\":\"r1\",\"user\":\"u1\"}",
                    "excludesMdcKeys: [user]; {\"request\":\"r1\",\"cart\":\"c1\"}",
                    "'includesMdcKeys: [request, user]\nexcludesMdcKeys: [user]'; {\"request\":\"r1\"}"
                })
        void choosesFromTheMdc(String options, String expected) throws Exception {
            configure(options);
            MDC.put("request", "r1");
            MDC.put("user", "u1");
            MDC.put("cart", "c1");

            shop.info("a line");

            assertThat(without(onlyLine().get("meta"), "logger", "thread")).isEqualTo(json(expected));
        }

        @Test
        void prefersTheMoreLocalValue() throws Exception {
            configure("meta: {a: fixed, b: fixed, c: fixed, logger: fixed}");
            MDC.put("b", "mdc");
            MDC.put("c", "mdc");

            shop.atInfo().addKeyValue("c", 3).log("a line");

            assertThat(without(onlyLine().get("meta"), "thread")).isEqualTo(json("""
                            {"logger": "shop.Checkout", "a": "fixed", "b": "mdc", "c": 3, "_logger": "fixed"}"""));
        }
    }

    @Nested
    class OfAnEvent {

        @Test
        void sendsKeyValuePairsWithTheirTypes() throws Exception {
            configure("");

            shop.atWarn()
                    .addKeyValue("order", 17)
                    .addKeyValue("total", 9.5)
                    .addKeyValue("paid", false)
                    .addKeyValue("currency", "EUR")
                    .addKeyValue("site", URI.create("urn:x"))
                    .addKeyValue("nothing", (Object) null)
                    .log("Order placed");

            JsonNode line = onlyLine();
            assertThat(line.get("level").textValue()).isEqualTo("WARN");
            assertThat(without(line.get("meta"), "logger", "thread")).isEqualTo(json("""
                            {"order": 17, "total": 9.5, "paid": false, "currency": "EUR", "site": "urn:x"}"""));
        }

        @Test
        void sendsItsMarkers() throws Exception {
            configure("");
            Marker audit = MarkerFactory.getDetachedMarker("AUDIT");
            audit.add(MarkerFactory.getDetachedMarker("MONEY"));

            shop.info(audit, "a line");

            assertThat(onlyLine().get("meta").get("markers")).isEqualTo(json("[\"AUDIT\",\"MONEY\"]"));
        }

        @Test
        void sendsItsExceptionWithCausesAndSuppressed() throws Exception {
            configure("");
            IllegalStateException failure =
                    new IllegalStateException("no stock", new IOException("stock service: connection reset"));
            failure.addSuppressed(new IllegalArgumentException("rollback"));

            shop.error("Order failed", failure);

            JsonNode line = onlyLine();
            assertThat(line.get("line").textValue())
                    .startsWith("Order failed\njava.lang.IllegalStateException: no stock\n")
                    .contains("\tat " + RequestTest.class.getName())
                    .contains("Suppressed: java.lang.IllegalArgumentException: rollback")
                    .contains("Caused by: java.io.IOException: stock service: connection reset");
            assertThat(line.get("meta").get("exception"))
                    .isEqualTo(json("{\"class\": \"java.lang.IllegalStateException\", \"message\": \"no stock\"}"));
        }

        @Test
        void sendsEachLevelByItsName() throws Exception {
            configure("flushInterval: 1h");

            shop.trace("a");
            shop.debug("b");
            shop.info("c");
            shop.warn("d");
            shop.error("e");

            assertThat(lines(request()))
                    .extracting(line -> line.get("level").textValue())
                    .containsExactly("TRACE", "DEBUG", "INFO", "WARN", "ERROR");
        }

        @Test
        void sendsItsCallerOnlyIfConfigured() throws Exception {
            configure("includeCallerData: true");

            shop.info("a line");

            JsonNode caller = onlyLine().get("meta").get("caller");
            assertThat(caller.get("class").textValue()).isEqualTo(OfAnEvent.class.getName());
            assertThat(caller.get("method").textValue()).isEqualTo("sendsItsCallerOnlyIfConfigured");
            assertThat(caller.get("file").textValue()).isEqualTo("RequestTest.java");
            assertThat(caller.get("line").intValue()).isPositive();
        }

        @Test
        void sendsNonAsciiText() throws Exception {
            configure("meta: {größe: ☃}");

            shop.info("Grüße \"😀\"\n\\");

            assertThat(onlyLine().get("line").textValue()).isEqualTo("Grüße \"😀\"\n\\");
            assertThat(onlyLine().get("meta").get("größe").textValue()).isEqualTo("☃");
        }
    }

    @Nested
    class WithTextOfAnotherForm {

        @Test
        void sendsTheTextOfTheLogFormat() throws Exception {
            configure("logFormat: '%-5level [%logger{0}] %msg%n'");

            shop.info("a line");

            assertThat(onlyLine().get("line").textValue()).isEqualTo("INFO  [Checkout] a line");
        }

        @Test
        void sendsTheTextOfALayoutToBeParsedByTheServer() throws Exception {
            configure("layout: {type: braces}");

            shop.info("a line");

            assertThat(onlyLine().get("line").textValue()).isEqualTo("{\"message\":\"a line\"}");
        }

        @Test
        void keepsTheServerFromParsingALayout() throws Exception {
            configure("layout: {type: braces}\nparseJson: false");

            shop.info("a line");

            assertThat(onlyLine().get("line").textValue()).isEqualTo("{\"message\":\"a line\"}.");
        }

        @ParameterizedTest
        @CsvSource({"env: staging, .", "parseJson: true, ''", "logFormat: '%msg', ."})
        void keepsTheServerFromParsingAMessage(String options, String added) throws Exception {
            configure(options);

            shop.info("took {\"level\":\"error\"}");

            assertThat(onlyLine().get("line").textValue()).isEqualTo("took {\"level\":\"error\"}" + added);
        }

        @Test
        void splitsAnOversizeLine() throws Exception {
            configure("meta: {region: eu}");
            String message = message40K();

            shop.info(message);

            List<JsonNode> parts = lines(request());
            assertThat(parts).hasSizeGreaterThan(2).allSatisfy(part -> assertThat(
                            part.get("line").textValue().getBytes(UTF_8))
                    .hasSizeLessThan(16_000));
            assertThat(parts)
                    .extracting(part -> part.get("line").textValue())
                    .satisfies(texts -> assertThat(String.join("", texts)).isEqualTo(message));
            assertThat(parts)
                    .extracting(part -> part.get("meta").get("linePart").intValue())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, parts.size()).boxed().toList());
            assertThat(parts.get(0).get("meta").has("region")).isTrue();
            assertThat(parts.get(1).get("meta").has("region")).isFalse();
        }

        @Test
        void truncatesAnOversizeLine() throws Exception {
            configure("oversizeLines: truncate");
            String message = message40K();

            shop.info(message);

            String text = onlyLine().get("line").textValue();
            assertThat(text.getBytes(UTF_8)).hasSizeBetween(15_000, 16_000);
            assertThat(text).startsWith(message.substring(0, 15_000)).matches("(?s).* … \\[\\d+ bytes cut]");
        }

        private String message40K() {
            return String.join(
                            "",
                            IntStream.range(0, 4_000)
                                    .mapToObj("%09d "::formatted)
                                    .toList()) + "end";
        }
    }

    @Nested
    class WithWhatIsShipped {

        @Test
        void sendsNothingBelowTheThreshold() throws Exception {
            configure("threshold: WARN");

            shop.info("below");
            shop.warn("above");

            assertThat(texts(request())).containsExactly("above");
        }

        @Test
        void readsOffAsALevel() throws Exception {
            configure("threshold: OFF");

            shop.error("never");

            assertThat(requests()).isEmpty();
        }

        @Test
        void sendsNothingThatAFilterDenies() throws Exception {
            configure("filterFactories: [{type: word, denies: ping}]");

            shop.info("a ping");
            shop.info("a line");

            assertThat(texts(request())).containsExactly("a line");
        }

        @Test
        void countsDropsByTheMessageRate() throws Exception {
            configure("messageRate: 1m\nfilterFactories: [{type: word, denies: ping}]");

            shop.info("a ping"); // takes no permit
            shop.info("first");
            shop.info("second");
            shop.info("third");

            assertThat(metrics.meter("logdna.lines.dropped.rate").getCount()).isEqualTo(2);
            // Notices report the drops to the endpoint: one for both, or one for each, the second at the end.
            List<String> texts = requests().stream()
                    .flatMap(request -> texts(request).stream())
                    .toList();
            assertThat(texts).hasSizeBetween(2, 3).first().isEqualTo("first");
            assertThat(texts.subList(1, texts.size())).allMatch(text -> text.contains("missing before this one"));
        }

        @Test
        void sendsNothingWhenDisabled() throws Exception {
            configure("enabled: false");

            shop.error("never");

            assertThat(requests()).isEmpty();
        }

        @Test
        void isSwitchedOffFromTheCommandLine() throws Exception {
            System.setProperty("dw.logging.appenders[0].enabled", "false");
            try {
                configure("");
            } finally {
                System.clearProperty("dw.logging.appenders[0].enabled");
            }

            shop.error("never");

            assertThat(requests()).isEmpty();
        }

        @Test
        void sendsTheLinesOfOneLoggerAlone() throws Exception {
            configureYaml("""
                    logging:
                      appenders: []
                      loggers:
                        shop:
                          level: INFO
                          additive: false
                          appenders:
                            - type: logdna
                              ingestionKey: the-key
                              endpoint: %s
                              shutdownTimeout: 60s
                    """.formatted(ENDPOINT.baseUrl()));

            shop.info("a line");
            shop.debug("below the logger's level");
            LoggerFactory.getLogger("other").error("of another logger");

            assertThat(texts(request())).containsExactly("a line");
        }
    }

    @Nested
    class WithBatches {

        @Test
        void sendsThemUncompressed() throws Exception {
            configure("compression: none");

            shop.info("a line");

            LoggedRequest request = request();
            assertThat(request.containsHeader("Content-Encoding")).isFalse();
            assertThat(request.header("Content-Length").firstValue())
                    .isEqualTo(String.valueOf(request.getBodyAsString().getBytes(UTF_8).length));
            assertThat(texts(request)).containsExactly("a line");
        }

        @Test
        void closesThemBySize() throws Exception {
            configure("batchSize: 4KiB\ncompression: none\nflushInterval: 1h");

            for (int i = 0; i < 200; i++) {
                shop.info("line {}", i);
            }

            List<LoggedRequest> requests = requests();
            assertThat(requests).hasSizeGreaterThan(5).allSatisfy(request -> assertThat(request.getBody())
                    .hasSizeLessThanOrEqualTo(4 * 1024));
            assertThat(requests.stream().flatMap(request -> texts(request).stream()))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 200).mapToObj(i -> "line " + i).toList());
        }

        @Test
        void closesThemByAge() throws Exception {
            configure("flushInterval: 20ms");

            shop.info("first");
            await().untilAsserted(() -> assertThat(ENDPOINT.getAllServeEvents()).hasSize(1));
            shop.info("second");

            assertThat(requests()).extracting(RequestTest::texts).containsExactly(List.of("first"), List.of("second"));
        }

        @Test
        void putsLinesOfOneIntervalIntoOne() throws Exception {
            configure("flushInterval: 1h");

            shop.info("first");
            shop.info("second");

            assertThat(texts(request())).containsExactly("first", "second");
        }
    }

    private void configure(String options) throws Exception {
        configureAt(ENDPOINT.url("/logs/ingest"), options);
    }

    private void configureAt(String endpoint, String options) throws Exception {
        configureYaml("""
                logging:
                  level: WARN
                  loggers: {shop: ALL}
                  appenders:
                    - type: logdna
                      ingestionKey: the-key
                      endpoint: %s
                      shutdownTimeout: 60s
                """.formatted(endpoint) + options.indent(6));
    }

    private void configureYaml(String yaml) throws Exception {
        logging = ConfigurationFile.read(yaml).getLoggingFactory();
        logging.configure(metrics, "orders");
        LoggerContext context = LoggingUtil.getLoggerContext();
        ApplicationAppenders.of(context).bind(metrics);
    }

    /** Ends the logging, and returns the one request that there was. */
    private LoggedRequest request() {
        List<LoggedRequest> requests = requests();
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    /** Ends the logging, and returns the requests in their order. */
    private List<LoggedRequest> requests() {
        logging.stop();
        logging.reset();
        List<LoggedRequest> requests = new ArrayList<>();
        ENDPOINT.getAllServeEvents().forEach(event -> requests.add(0, event.getRequest())); // the newest came first
        return requests;
    }

    private JsonNode onlyLine() {
        List<JsonNode> lines = lines(request());
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private static List<String> texts(LoggedRequest request) {
        return lines(request).stream().map(line -> line.get("line").textValue()).toList();
    }

    private static List<JsonNode> lines(LoggedRequest request) {
        JsonNode body = json(request.getBodyAsString());
        assertThat(body.fieldNames()).toIterable().containsExactly("lines");
        List<JsonNode> lines = new ArrayList<>();
        body.get("lines").forEach(lines::add);
        return lines;
    }

    private static JsonNode without(JsonNode object, String... names) {
        return ((ObjectNode) object.deepCopy()).without(List.of(names));
    }

    private static JsonNode json(String text) {
        try {
            return STRICT.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
