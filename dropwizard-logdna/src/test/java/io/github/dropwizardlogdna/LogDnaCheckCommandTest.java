package io.github.dropwizardlogdna;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.JarLocation;
import io.github.dropwizardlogdna.testing.ChildJvm;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.RecordingEndpoint;
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
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
            Checked checked = checkRoot(
                    endpoint.url(), "hostname: web-1", "tags: [blue]", "env: staging", "meta: {region: north}");

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(endpoint.requests()).hasSize(1);
            RecordingEndpoint.Request request = endpoint.requests().get(0);
            assertThat(request.query()).contains("hostname=web-1").contains("tags=blue");
            assertThat(request.headers().get("Apikey")).containsExactly(KEY);
            JsonNode line = request.lines().get(0);
            assertThat(line.get("line").asText()).isEqualTo(EndpointCheck.TEXT);
            assertThat(line.get("level").asText()).isEqualTo("INFO");
            assertThat(line.get("app").asText()).isEqualTo("orders");
            assertThat(line.get("env").asText()).isEqualTo("staging");
            assertThat(line.get("meta").get("region").asText()).isEqualTo("north");
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
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
            Checked checked = checkRoot(endpoint.url(), "spool: {directory: '" + spool + "'}");

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output).contains("spool       " + spool + " can be written");
            assertThat(spool).doesNotExist();
        }
    }

    @Test
    void failsForASpoolThatCanNotBeWritten() throws Exception {
        assumeThat(Path.of("/proc")).isWritable(); // by its permissions, for root; the kernel refuses it all the same
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
            Checked checked = checkRoot(endpoint.url(), "spool: {directory: /proc}");

            assertThat(checked.succeeded).as(checked.output).isFalse();
            assertThat(checked.output).contains("FAILED: /proc can't be written");
        }
    }

    @ParameterizedTest
    @CsvSource({"logback-access", "classic"})
    void checksEveryAppenderWhereverItIsConfigured(String requestLog) throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
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
                    .extracting(line -> line.get("app").asText())
                    .containsExactlyInAnyOrder("root", "audit", "requests");
        }
    }

    @Test
    void failsWhereOneOfTwoFails() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().answering(200, 500)) {
            String appender = "{type: logdna, ingestionKey: " + KEY + ", endpoint: '" + endpoint.url() + "'}";
            Checked checked = check("logging: {appenders: [" + appender + ", " + appender + "]}");

            assertThat(checked.succeeded).isFalse();
            assertThat(checked.output)
                    .contains("answered 500 Internal Server Error")
                    .contains("1 of 2 test lines taken");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    401 | answered 401 Unauthorized: the ingestion key was refused | Set ingestionKey
                    403 | answered 403 Forbidden: the ingestion key was refused | Set ingestionKey
                    404 | answered 404 Not Found: no ingestion endpoint is there | Set endpoint
                    402 | answered 402 Payment Required: the account does not take lines | See the account
                    301 | answered 301 Moved Permanently: redirects are not followed | Set endpoint
                    429 | answered 429 Too Many Requests | Nothing, if it passes
                    503 | answered 503 Service Unavailable | Nothing, if it passes
                    """)
    void saysWhatAnAnswerMeansAndWhatToDo(int status, String meaning, String remedy) throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().answering(status)) {
            checkRoot(endpoint.url()).failed(meaning, remedy);
        }
    }

    @Test
    void sendsAgainWithoutCompressionWhereTheEndpointCantReadIt() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().answering(415)) {
            assertThat(checkRoot(endpoint.url()).succeeded).isTrue();
            assertThat(endpoint.lines()).hasSize(1);
        }
    }

    @Test
    void saysThatTheHostIsUnknown() throws Exception {
        checkRoot("https://nosuchhost.invalid").failed("unknown host nosuchhost.invalid", "See whether the host in");
    }

    @Test
    void saysThatTheConnectionIsRefused() throws Exception {
        checkRoot(MisbehavingServer.refusing().toString())
                .failed("Connection refused", "See whether host and port in endpoint are right");
    }

    @Test
    void saysThatThereIsNoAnswerInTime() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.neverAnswer())) {
            checkRoot(server.endpoint().toString(), "timeout: 300ms").failed("no answer", "raise connectionTimeout");
        }
    }

    @Test
    void cutsOffAnAnswerThatDrips() throws Exception {
        try (MisbehavingServer server =
                MisbehavingServer.http(MisbehavingServer.dripTheHead(java.time.Duration.ofMillis(50)))) {
            checkRoot(server.endpoint().toString(), "timeout: 300ms").failed("no answer", "raise connectionTimeout");
        }
    }

    @Test
    void saysThatTheServerSpeaksNoTlsInTime() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.hang())) {
            String url = server.endpoint().toString().replace("http:", "https:");
            checkRoot(url, "timeout: 300ms").failed("TLS  ", "raise connectionTimeout");
        }
    }

    @Test
    void showsTheCertificateThatItTrusts() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            Checked checked = checkRoot(server.endpoint().toString(), trusting());

            assertThat(checked.succeeded).as(checked.output).isTrue();
            assertThat(checked.output)
                    .containsPattern(
                            "TLS +TLSv1\\.3, the certificate is trusted, issued by CN=test[^,]*, valid until \\d{4}-");
        }
    }

    @Test
    void saysThatTheCertificateIsNotTrusted() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            checkRoot(server.endpoint().toString()).failed("its certificate is not trusted", "tls.trustStorePath");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void saysThatTheCertificateIsAnotherHosts() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200))) {
            checkRoot("https://127.0.0.1:" + server.endpoint().getPort(), trusting())
                    .failed(
                            "No subject alternative names matching IP address 127.0.0.1 found",
                            "where the name or the date is wrong");
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void goesByTheProxy(String scheme) throws Exception {
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
    void saysThatTheProxyRefuses(String scheme) throws Exception {
        try (TestProxy proxy = TestProxy.to(1, "user:right")) {
            checkRoot(scheme + "://logs.example", "proxy: http://user:" + KEY + "@localhost:" + proxy.port())
                    .failed("a proxy wants credentials; check proxy", "See whether proxy");
        }
    }

    @Test
    void saysThatTheJvmsProxyIsNotThere() throws Exception {
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
    void saysWhichOptionIsWrong() throws Exception {
        Checked checked = checkRoot("http://localhost", "flushInterval: 0s", "ingestionkey: " + KEY);

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains("logging.appenders[1].flushInterval must be greater than 0 MILLISECONDS")
                .contains("did you mean ingestionKey?")
                .doesNotContain("\tat ");
    }

    @Test
    void saysWhichOptionOfALoggersAppenderIsWrong() throws Exception {
        Checked checked = check(
                "logging: {appenders: [], loggers: {audit: {appenders: [{type: logdna, ingestionkey: " + KEY + "}]}}}");

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains("logdna (logging.loggers.audit.appenders[0])")
                .contains("ingestionKey must be set")
                .contains("did you mean ingestionKey?");
    }

    @Test
    void saysWhereALoggersAppenderCantBeRead() throws Exception {
        Checked checked = check("logging: {appenders: [], loggers: {audit: {appenders: [{type: logdna, ingestionKey: "
                + KEY + ", batchSize: " + KEY + "}]}}}");

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output)
                .contains("logging.loggers.audit.appenders[0].batchSize")
                .contains("can't be read");
    }

    @Test
    void saysThatThereIsNoFile() throws Exception {
        Checked checked = run(directory.resolve("nowhere.yml"));

        assertThat(checked.succeeded).isFalse();
        assertThat(checked.output).contains("nowhere.yml").doesNotContain("\tat ");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void endsTheProcessWithZeroWhereAllIsWell() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start();
                ChildJvm child = child(endpoint)) {
            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(child.stdout()).contains("3 of 3 test lines taken").doesNotContain(ChattyApplication.KEY);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void endsTheProcessWithOneWhereALineIsRefused() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().answeringInTurns(403);
                ChildJvm child = child(endpoint)) {
            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(1);
            assertThat(child.stdout()).contains("0 of 3 test lines taken").doesNotContain(ChattyApplication.KEY);
            assertThat(child.stderr()).isEmpty();
        }
    }

    /** At a level at which the JDK's HTTP client logs the headers. */
    private ChildJvm child(RecordingEndpoint endpoint) throws IOException {
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
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
            String file = ConfigurationFile.ofRoot("ingestionKey: " + KEY + "\nendpoint: '" + endpoint.url() + "'");
            Path path = Files.writeString(directory.resolve("config.yml"), file);
            root.setLevel(Level.TRACE);
            root.addAppender(appender);
            julRoot.addHandler(handler);
            julRoot.setLevel(java.util.logging.Level.ALL);
            http.setLevel(java.util.logging.Level.ALL);

            assertThat(run(path).succeeded).isTrue();
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
        return run(Files.writeString(directory.resolve("config.yml"), yaml));
    }

    private static Checked run(Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, UTF_8);
        Bootstrap<Configuration> bootstrap = new Bootstrap<>(new Orders());
        bootstrap.addCommand(new LogDnaCheckCommand(out));
        boolean succeeded = new Cli(new JarLocation(Orders.class), bootstrap, out, out)
                .run("logdna-check", file.toString())
                .isEmpty();
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
