package io.github.dropwizardlogdna;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.JarLocation;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import io.github.dropwizardlogdna.local.ReceivedLines;
import io.github.dropwizardlogdna.testing.ChildJvm;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.TestCertificate;
import io.github.dropwizardlogdna.testing.TestProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** {@code logdna-check config.yml}, and what a person reads who runs it. */
class LogDnaCheckCommandTest {

    /** Of letters that no word and no number has in this order. */
    private static final String KEY = new SecureRandom()
            .ints(32, 0, 9)
            .mapToObj(i -> "QXZJKVWGH".substring(i, i + 1))
            .collect(Collectors.joining());

    @TempDir
    static Path certificates;

    /** Of localhost and logs.example, and of no address. */
    private static TestCertificate certificate;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.of("dns:localhost,dns:logs.example", certificates);
    }

    @Test
    void sendsOneLineAsTheAppenderWould() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            Checked checked = checkRoot(
                    endpoint.url(), "hostname: web-1", "tags: [blue]", "env: staging", "meta: {region: north}");

            assertThat(checked.succeeded).as(checked.output).isTrue();
            ReceivedLines lines = endpoint.lines();
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0).hostname()).isEqualTo("web-1");
            assertThat(lines.get(0).tags()).containsExactly("blue");
            assertThat(lines.get(0).text()).isEqualTo("logdna-check: a test line");
            assertThat(lines.get(0).level()).isEqualTo("INFO");
            assertThat(lines.get(0).app()).isEqualTo("orders");
            assertThat(lines.get(0).env()).isEqualTo("staging");
            assertThat(lines.get(0).meta("region").asText()).isEqualTo("north");
            assertThat(checked.output)
                    .contains("logdna (logging.appenders[1])")
                    .contains("endpoint    " + endpoint.url())
                    .containsPattern("host +localhost is 127\\.0\\.0\\.1.* \\(\\d+ ms\\)")
                    .containsPattern("connection +established with port \\d+ \\(\\d+ ms\\)")
                    .containsPattern("request +answered 200 OK \\(\\d+ ms\\)")
                    .contains("OK: the test line was taken.")
                    .contains("app 'orders'")
                    .contains("1 of 1 test lines taken");
        }
    }

    @Test
    void triesTheSpoolAndLeavesNothingThere() throws Exception {
        Path spool = directory.resolve("spool");
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            Checked checked = checkRoot(endpoint.url(), "spool: {directory: '" + spool + "'}");

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output).contains("spool       " + spool + " can be written");
            assertThat(spool).doesNotExist();
        }
    }

    @Test
    void failsIfTheSpoolCannotBeWritten() throws Exception {
        assumeThat(Path.of("/proc")).isWritable(); // by its permissions, for root; the kernel refuses it all the same
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            Checked checked = checkRoot(endpoint.url(), "spool: {directory: /proc}");

            assertThat(checked.succeeded).as(checked.output).isFalse();
            assertThat(checked.output)
                    .contains("FAILED: /proc can't be written: its file system creates no files there")
                    .contains("  OK: the test line was taken.")
                    .contains("  FAILED: the spool directory can't be written.\n  What to do: Mount a volume")
                    .contains("logdna-check: 1 of 1 test lines taken, 1 spool unusable.");
        }
    }

    @Test
    void reportsAnUnusableSpoolAsAFailureInJson() throws Exception {
        assumeThat(Path.of("/proc")).isWritable();
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            String file = written(ConfigurationFile.ofRoot(
                    "ingestionKey: " + KEY + "\nendpoint: '" + endpoint.url() + "'\nspool: {directory: /proc}"));

            Checked checked = run("logdna-check", "--json", file);

            JsonNode report = new ObjectMapper().readTree(checked.output);
            JsonNode appender = report.path("appenders").path(0);
            assertThat(appender.path("result").asText()).isEqualTo("failed");
            assertThat(appender.path("reason").asText()).isEqualTo("the spool directory can't be written.");
            assertThat(appender.path("remedy").asText()).startsWith("Mount a volume");
            assertThat(report.path("delivered").asInt()).isEqualTo(1);
            assertThat(report.path("unusableSpools").asInt()).isEqualTo(1);
            assertThat(report.path("ok").asBoolean(true)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"logback-access", "classic"})
    void checksEveryAppenderWhereverItIsConfigured(String requestLog) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            String appender = "{type: logdna, ingestionKey: " + KEY + ", endpoint: '" + endpoint.url() + "', app: ";
            Checked checked = check("""
                    server:
                      requestLog:
                        type: %s
                        appenders: [%srequests}]
                    logging:
                      level: ALL
                      loggers:
                        org.example: DEBUG
                        audit: {level: ALL, appenders: [{type: console}, %saudit, name: auditing}]}
                      appenders: [%sroot}, {type: logdna, enabled: false, name: sleeper}]
                    """.formatted(requestLog, appender, appender, appender));

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output)
                    .contains("logdna (logging.appenders[0])")
                    .contains("sleeper (logging.appenders[1])\n  skipped: enabled is false")
                    .contains("auditing (logging.loggers.audit.appenders[1])")
                    .contains("logdna-request (server.requestLog.appenders[0])")
                    .contains("3 of 3 test lines taken");
            // The three test lines, and nothing that an appender of this configuration ships.
            assertThat(endpoint.lines())
                    .extracting(ReceivedLine::app)
                    .containsExactlyInAnyOrder("root", "audit", "requests");
        }
    }

    @Test
    void failsIfOneOfTwoFails() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            endpoint.answerNext(200, 500);
            String appender = "{type: logdna, ingestionKey: " + KEY + ", endpoint: '" + endpoint.url() + "'}";
            Checked checked = check("logging: {appenders: [" + appender + ", " + appender + "]}");

            assertThat(checked.succeeded).isFalse();
            assertThat(checked.output)
                    .contains("logdna (logging.appenders[0])")
                    .contains("logdna-2 (logging.appenders[1])")
                    .contains("answered 500 Internal Server Error")
                    .contains("1 of 2 test lines taken");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    401 | answered 401 Unauthorized: the ingestion key was refused | Set ingestionKey
                    403 | answered 403 Forbidden: the ingestion key was refused | Set ingestionKey
                    404 | answered 404 Not Found: there is no ingestion endpoint | Set endpoint
                    402 | answered 402 Payment Required: the account does not accept lines | Check the account
                    301 | answered 301 Moved Permanently: redirects are not followed | Set endpoint
                    429 | answered 429 Too Many Requests | Nothing, if it passes
                    503 | answered 503 Service Unavailable | Nothing, if it passes
                    """)
    void explainsAResponseAndItsRemedy(int status, String meaning, String remedy) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            endpoint.answerNext(status);
            checkRoot(endpoint.url()).failed(meaning, remedy);
        }
    }

    @Test
    void sendsAgainWithoutCompressionIfTheEndpointCantReadIt() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            endpoint.answerNext(415);
            assertThat(checkRoot(endpoint.url()).succeeded).isTrue();
            assertThat(endpoint.lines()).hasSize(1);
        }
    }

    @Test
    void reportsAnUnknownHost() throws Exception {
        checkRoot("https://nosuchhost.invalid", "connectionTimeout: 60s")
                .failed("unknown host nosuchhost.invalid", "Check the spelling of the host in");
    }

    @Test
    void reportsARefusedConnection() throws Exception {
        checkRoot(MisbehavingServer.refusing().toString())
                .failed("Connection refused", "Check host and port in endpoint");
    }

    @Test
    void reportsAMissingResponse() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.neverAnswer())) {
            checkRoot(server.endpoint().toString(), "timeout: 300ms").failed("no answer", "raise connectionTimeout");
        }
    }

    @Test
    void abortsAResponseThatDrips() throws Exception {
        try (MisbehavingServer server =
                MisbehavingServer.http(MisbehavingServer.dripTheHead(java.time.Duration.ofMillis(50)))) {
            checkRoot(server.endpoint().toString(), "timeout: 300ms").failed("no answer", "raise connectionTimeout");
        }
    }

    @Test
    void reportsAHandshakeThatTimesOut() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.hang())) {
            String url = server.endpoint().toString().replace("http:", "https:");
            checkRoot(url, "timeout: 300ms").failed("TLS  ", "raise connectionTimeout");
        }
    }

    @Test
    void showsTheTrustedCertificate() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            Checked checked = checkRoot(server.endpoint().toString(), trusting());

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output)
                    .containsPattern(
                            "TLS +TLSv1\\.3, the certificate is trusted, issued by CN=test[^,]*, valid until \\d{4}-");
        }
    }

    @Test
    void reportsAnUntrustedCertificate() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            checkRoot(server.endpoint().toString()).failed("its certificate is not trusted", "tls.trustStorePath");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void reportsTheCertificateOfAnotherHost() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            checkRoot("https://127.0.0.1:" + server.endpoint().getPort(), trusting())
                    .failed(
                            "No subject alternative names matching IP address 127.0.0.1 found",
                            "a wrong name or date means");
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void usesTheProxy(String scheme) throws Exception {
        try (MisbehavingServer server = scheme.equals("http")
                        ? MisbehavingServer.http(MisbehavingServer.answer(200))
                        : MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200));
                TestProxy proxy = TestProxy.to(server.endpoint().getPort(), "user:" + KEY)) {
            String way = "proxy: http://user:" + KEY + "@localhost:" + proxy.port();
            Checked checked = scheme.equals("http")
                    ? checkRoot("http://logs.example", way)
                    : checkRoot("https://logs.example", way, trusting());

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output)
                    .contains("proxy       http://localhost:" + proxy.port())
                    .contains("established with port " + proxy.port());
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void reportsARefusalByTheProxy(String scheme) throws Exception {
        try (TestProxy proxy = TestProxy.to(1, "user:right")) {
            checkRoot(scheme + "://logs.example", "proxy: http://user:" + KEY + "@localhost:" + proxy.port())
                    .failed("a proxy requires credentials; check proxy", "Check that proxy");
        }
    }

    @Test
    void reportsThatTheJvmsProxyIsUnreachable() throws Exception {
        String port = String.valueOf(MisbehavingServer.refusing().getPort());
        System.setProperty("http.proxyHost", "localhost");
        System.setProperty("http.proxyPort", port);
        try {
            Checked checked = checkRoot("http://logs.example");
            checked.failed("Connection refused", "-Dhttps.proxyHost");
            assertThat(checked.output).contains("HTTP proxy localhost:" + port + ", which this JVM is set to");
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "logging: {appenders: [{type: console}]}",
                "logging: {type: external}",
                "logging: {appenders: []}\nserver: {requestLog: {type: external}}"
            })
    void failsWithoutAnAppender(String yaml) throws Exception {
        Checked checked = check(yaml);

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output).contains("no appender has type: logdna");
    }

    @Test
    void failsWithoutAnAppenderThatIsEnabled() throws Exception {
        Checked checked = check("logging: {appenders: [{type: logdna, enabled: false}]}");

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output).contains("skipped: enabled is false").contains("no appender is enabled");
    }

    @Test
    void reportsAWrongOption() throws Exception {
        Checked checked = checkRoot("http://localhost", "flushInterval: 0s", "ingestionkey: " + KEY);

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains("logging.appenders[1].flushInterval must be greater than 0 MILLISECONDS")
                .contains("did you mean ingestionKey?")
                .doesNotContain("\tat ");
    }

    @Test
    void reportsAWrongOptionOfALoggersAppender() throws Exception {
        Checked checked = check(
                "logging: {appenders: [], loggers: {audit: {appenders: [{type: logdna, ingestionkey: " + KEY + "}]}}}");

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains("config.yml has the following errors:")
                .contains("* logging.loggers.audit.appenders[0].ingestionKey must be set")
                .contains(
                        "* logging.loggers.audit.appenders[0].ingestionkey is not an option of type logdna; did you mean"
                                + " ingestionKey?");
    }

    @Test
    void reportsALoggersAppenderThatCantBeRead() throws Exception {
        Checked checked = check("logging: {appenders: [], loggers: {audit: {appenders: [{type: logdna, ingestionKey: "
                + KEY + ", batchSize: " + KEY + "}]}}}");

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains(
                        "* logging.loggers.audit.appenders[0].batchSize must be a size, a number with its unit, like 4MiB")
                .doesNotContain(KEY);
    }

    @Test
    void reportsAMissingFile() throws Exception {
        Checked checked = run("logdna-check", directory.resolve("nowhere.yml").toString());

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output).contains("nowhere.yml").doesNotContain("\tat ");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void exitsWithZeroIfAllLinesAreTaken() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = child(endpoint)) {
            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(child.stdout()).contains("3 of 3 test lines taken").doesNotContain(ChattyApplication.KEY);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void exitsWithOneIfALineIsRefused() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start("another key");
                ChildJvm child = child(endpoint)) {
            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(1);
            assertThat(child.stdout()).contains("0 of 3 test lines taken").doesNotContain(ChattyApplication.KEY);
            assertThat(child.stderr()).isEmpty();
        }
    }

    /** At a level at which the JDK's HTTP client logs the headers. */
    private ChildJvm child(LocalLogDna endpoint) throws IOException {
        String yaml = ChattyApplication.configuration(endpoint, "env: test").replace("level: INFO", "level: ALL");
        Path file = Files.writeString(directory.resolve("config.yml"), yaml);
        return ChildJvm.start(directory, List.of(), ChattyApplication.class, "logdna-check", file.toString());
    }

    /** At the lowest level, and with nobody having configured logging. */
    @Test
    void showsTheKeyToNoLogger() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        ch.qos.logback.classic.Logger root =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        java.util.logging.Logger julRoot = java.util.logging.Logger.getLogger("");
        // Held, as its level would be forgotten with it.
        java.util.logging.Logger http =
                java.util.logging.Logger.getLogger("sun.net.www.protocol.http.HttpURLConnection");
        java.util.logging.Level julBefore = julRoot.getLevel();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord message) {
                logged.add(String.valueOf(message.getMessage()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(java.util.logging.Level.ALL);
        appender.start();
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            String file = ConfigurationFile.ofRoot("ingestionKey: " + KEY + "\nendpoint: '" + endpoint.url() + "'");
            Path path = Files.writeString(directory.resolve("config.yml"), file);
            root.setLevel(Level.TRACE);
            root.addAppender(appender);
            julRoot.addHandler(handler);
            julRoot.setLevel(java.util.logging.Level.ALL);
            http.setLevel(java.util.logging.Level.ALL);

            assertThat(run("logdna-check", path.toString()).succeeded).isTrue();
        } finally {
            root.setLevel(before);
            root.detachAppender(appender);
            julRoot.removeHandler(handler);
            julRoot.setLevel(julBefore);
            http.setLevel(null);
        }
        assertThat(logged).noneSatisfy(message -> assertThat(message).contains(KEY));
        assertThat(List.copyOf(appender.list))
                .noneSatisfy(event -> assertThat(event.getFormattedMessage()).contains(KEY))
                .noneSatisfy(event -> assertThat(event.getThreadName()).startsWith("logdna-"));
    }

    @Test
    void printsTheSameAsJson() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            String file =
                    written(ConfigurationFile.ofRoot("ingestionKey: " + KEY + "\nendpoint: '" + endpoint.url() + "'")
                            + "server: {requestLog: {appenders: [{type: logdna, enabled: false}]}}");

            Checked checked = run("logdna-check", "--json", file);

            assertThat(checked.succeeded).as(checked.output).isTrue();
            JsonNode report = new ObjectMapper().readTree(checked.output);
            assertThat(report.path("ok").asBoolean()).isTrue();
            assertThat(report.path("sent").asInt()).isEqualTo(1);
            assertThat(report.path("delivered").asInt()).isEqualTo(1);
            assertThat(report.path("versions").asText()).contains("Dropwizard ");
            JsonNode root = report.path("appenders").path(0);
            assertThat(root.path("path").asText()).isEqualTo("logging.appenders[1]");
            assertThat(root.path("result").asText()).isEqualTo("delivered");
            assertThat(root.path("steps").findValuesAsText("name"))
                    .contains("endpoint", "host", "connection", "request");
            assertThat(report.path("appenders").path(1).path("result").asText()).isEqualTo("skipped");
        }
    }

    @Test
    void printsFailuresAsJson() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            endpoint.answerNext(401);
            String file =
                    written(ConfigurationFile.ofRoot("ingestionKey: " + KEY + "\nendpoint: '" + endpoint.url() + "'"));

            Checked checked = run("logdna-check", "--json", file);

            assertThat(checked.succeeded).isFalse();
            JsonNode report = new ObjectMapper().readTree(checked.output);
            assertThat(report.path("ok").asBoolean()).isFalse();
            JsonNode root = report.path("appenders").path(0);
            assertThat(root.path("result").asText()).isEqualTo("failed");
            assertThat(root.path("remedy").asText()).contains("ingestionKey");
            assertThat(root.path("steps").findParents("passed")).last().satisfies(step -> assertThat(
                            step.path("passed").asBoolean())
                    .isFalse());
        }
    }

    private static String trusting() throws Exception {
        return "tls: {trustStorePath: '" + certificate.trustStore("PKCS12") + "', trustStorePassword: "
                + certificate.password() + "}";
    }

    private Checked checkRoot(String endpoint, String... options) throws IOException {
        String all = Stream.concat(
                        Stream.of("ingestionKey: " + KEY, "endpoint: '" + endpoint + "'"), Stream.of(options))
                .collect(Collectors.joining("\n"));
        return check(ConfigurationFile.ofRoot(all));
    }

    private Checked check(String yaml) throws IOException {
        return run("logdna-check", written(yaml));
    }

    private String written(String yaml) throws IOException {
        return Files.writeString(directory.resolve("config.yml"), yaml).toString();
    }

    private static Checked run(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, UTF_8);
        Bootstrap<Configuration> bootstrap = new Bootstrap<>(new Orders());
        PrintStream standard = System.out;
        System.setOut(out);
        bootstrap.addBundle(new LogDnaBundle<>());
        boolean succeeded;
        try {
            succeeded = new Cli(new JarLocation(Orders.class), bootstrap, out, out)
                    .run(arguments)
                    .isEmpty();
        } finally {
            System.setOut(standard);
        }
        String output = bytes.toString(UTF_8);
        for (int i = 0; i + 6 <= KEY.length(); i++) {
            assertThat(output).doesNotContain(KEY.substring(i, i + 6));
        }
        return new Checked(succeeded, output);
    }

    private record Checked(boolean succeeded, String output) {

        void failed(String... words) {
            assertThat(succeeded).as(output).isFalse();
            assertThat(output).contains("FAILED: the test line was not taken.").contains("What to do: ");
            assertThat(output).contains(words);
        }
    }

    private static final class Orders extends Application<Configuration> {

        @Override
        public String getName() {
            return "orders";
        }

        @Override
        public void run(Configuration configuration, Environment environment) {}
    }
}
