package io.github.dropwizardlogdna;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationParsingException;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.common.LoggingUtil;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a wrong option is answered with: where, what is allowed, what to do; and never the key. */
class WrongConfigurationTest {

    private static final String KEY = "0123456789abcdef";
    private static final String WITH_KEY = "ingestionKey: " + KEY + "\n";
    private static final String KEY_UNSET = "must be set: take it from the account's settings";
    private static final String UNSUBSTITUTED = "still holds the name of a variable in ${...}";
    private static final String A_URL = "must be an absolute http or https URL, without user and password";
    private static final String LEVELS = "must be one of [OFF, ERROR, WARN, INFO, DEBUG, TRACE, ALL]";

    /** The threads of appenders that other tests made are not ours. */
    private final Set<Thread> before = shippingThreads();

    @TempDir
    Path directory;

    @AfterEach
    void resetLogging() {
        new DefaultLoggingFactory().reset();
        LoggingUtil.getLoggerContext().getStatusManager().clear(); // a wrong pattern's, which would be shown for ever
    }

    /** What the options' constraints refuse, under {@code logging.loggers} as well. */
    static Stream<Mistake> refused() {
        return Stream.of(
                mistake("app: orders", "ingestionKey", KEY_UNSET, "or set enabled: false"),
                mistake("ingestionKey:", "ingestionKey", KEY_UNSET),
                mistake("ingestionKey: ''", "ingestionKey", KEY_UNSET),
                mistake("ingestionKey: '  '", "ingestionKey", KEY_UNSET),
                mistake("ingestionKey: ${LOGDNA_KEY}", "ingestionKey", UNSUBSTITUTED, "SubstitutingSourceProvider"),
                mistake(
                        "ingestionKey: \"" + KEY + "\\n\"",
                        "ingestionKey",
                        "visible ASCII",
                        "line break",
                        "at its end"),
                mistake("ingestionKey: \"" + KEY + "\\u0000\"", "ingestionKey", "visible ASCII", "control character"),
                mistake("ingestionKey: " + KEY + " " + KEY, "ingestionKey", "visible ASCII", "white space"),
                mistake("ingestionKey: " + KEY + "é", "ingestionKey", "visible ASCII"),
                with("endpoint: /logs/ingest", "endpoint", A_URL, "like https://logs.logdna.com/logs/ingest"),
                with("endpoint: logs.logdna.com", "endpoint", A_URL),
                with("endpoint: ftp://logs.logdna.com/", "endpoint", A_URL),
                with("endpoint: https://user:" + KEY + "@logs.logdna.com", "endpoint", A_URL),
                with("endpoint: https://logs.logdna.com:99999", "endpoint", A_URL),
                with("endpoint: https://logs logdna.com", "endpoint", A_URL),
                with("endpoint: https://logs.logdna.com/#fragment", "endpoint", A_URL),
                with("endpoint: ${LOGDNA_ENDPOINT}", "endpoint", UNSUBSTITUTED),
                with("hostname: " + "h".repeat(257), "hostname", "must have at most 256 characters"),
                with("app: " + "a".repeat(513), "app", "must have at most 512 characters"),
                with("ip: 300.1.2.3", "ip", "must be an IP address, v4 or v6"),
                with("ip: localhost", "ip", "must be an IP address, v4 or v6"),
                with("mac: 00:1b:44", "mac", "must be a MAC address, like 00:1b:44:11:3a:b7"),
                with("tags: [a, " + "t".repeat(81) + "]", "tags", "must each have at most 80 characters"),
                with("tags: a," + "t".repeat(81), "tags", "must each have at most 80 characters"),
                with("tags: [a, ~]", "tags[1].<list element>", "must not be null"),
                with("meta: {a: " + "m".repeat(8192) + "}", "meta", "must have at most 8192 characters"),
                with("oversizeLines: cut", "oversizeLines", "must be one of [split, truncate]"),
                with("compression: zip", "compression", "must be one of [gzip, none]"),
                with("threshold: LOUD", "threshold", LEVELS),
                with("batchSize: 1023B", "batchSize", "must be greater than or equal to 1 KIBIBYTES"),
                with("batchSize: 10MiB", "batchSize", "must be less than or equal to 9 MEBIBYTES"),
                with("bufferSize: 3MiB", "bufferSize", "must be at least twice batchSize (2 x 2 mebibytes)"),
                with("queueSize: 0", "queueSize", "must be greater than or equal to 1"),
                with("discardingThreshold: -2", "discardingThreshold", "must be between -1 and queueSize (65536)"),
                with("discardingThreshold: 65537", "discardingThreshold", "must be between -1 and queueSize (65536)"),
                with("flushInterval: 0s", "flushInterval", "must be greater than 0 MILLISECONDS"),
                with("connectionTimeout: 0s", "connectionTimeout", "must be greater than 0 MILLISECONDS"),
                with("timeout: 0s", "timeout", "must be greater than 0 MILLISECONDS"),
                with("shutdownTimeout: 0s", "shutdownTimeout", "must be greater than 0 MILLISECONDS"),
                with("maxRetryDelay: 0s", "maxRetryDelay", "must be greater than 0 MILLISECONDS"),
                with("minRetryDelay: 31s", "minRetryDelay", "must be at most maxRetryDelay (30 seconds)"),
                with("messageRate: 0s", "messageRate", "must be greater than 0 SECONDS"),
                with("messageRate: 2m", "messageRate", "must be less than or equal to 1 MINUTES"),
                mistake(
                        "ingestion-key: " + KEY,
                        "ingestion-key",
                        "is not an option of type logdna; did you mean" + " ingestionKey?"),
                mistake("ingestionkey: " + KEY, "ingestionkey", "did you mean ingestionKey?"),
                mistake("INGESTION_KEY: " + KEY, "INGESTION_KEY", "did you mean ingestionKey?"),
                mistake("injestionKey: {a: [" + KEY + "]}", "injestionKey", "did you mean ingestionKey?"),
                with("flushIntervall: 1s", "flushIntervall", "did you mean flushInterval?"),
                with("batch-size: 1MiB", "batch-size", "did you mean batchSize?"),
                with("tag: a", "tag", "did you mean tags?"),
                with("colour: red", "colour", "is not an option of type logdna; the options are [app, batchSize,"),
                with("spool: {maxSize: 1GiB}", "spool.directory", "must be set"),
                with("spool: {directory: ' '}", "spool.directory", "must be set"),
                with(
                        "spool: {directory: \"a\\0b\"}",
                        "spool.directory",
                        "must be a path that this JVM can express",
                        "LC_ALL"),
                with("spool: {directory: pom.xml}", "spool.directory", "must be a directory: ", "is something else"),
                with("spool: {directory: pom.xml/spool}", "spool.directory", "can't be made: ", "is not a directory"),
                with("spool: {directory: spool, maxSize: 0B}", "spool.maxSize", "must be greater than or equal to 1 B"),
                with("spool: {directory: spool, maxsize: 1GiB}", "spool.maxsize", "did you mean maxSize?"),
                with("redact: [a+, '(" + KEY + "']", "redact[1]", "is not a regular expression of RE2"),
                with("redact: ['(?=" + KEY + ")']", "redact[0]", "neither lookaround nor back references"),
                with("redact: ['a*']", "redact[0]", "matches the empty text"),
                with(
                        "tls: {trustStorePath: no-such-file, trustStorePassword: " + KEY + "}",
                        "tls.trustStorePath",
                        "must"),
                with("tls: {trustStorePasswort: " + KEY + "}", "tls.trustStorePasswort", "did you mean"),
                with("proxy: https://user:" + KEY + "@proxy:3128", "proxy", "must have the form http://host:port"),
                with("proxy: http://user:" + KEY + "@proxy", "proxy", "must name a port"));
    }

    /** What Dropwizard can't make a value of; under {@code logging.loggers} it says little more than that. */
    static Stream<Mistake> unparsable() {
        return Stream.of(
                mistake("ingestionKey: [" + KEY + "]", "ingestionKey", "String` from Array"),
                mistake("ingestionKey: {key: " + KEY + "}", "ingestionKey", "String` from Object"),
                with("flushInterval: -1s", "flushInterval", "Invalid duration: -1s"),
                with("flushInterval: soon", "flushInterval", "Invalid duration: soon"),
                with("timeout: 1 fortnight", "timeout", "Invalid duration: 1 fortnight"),
                with("batchSize: lots", "batchSize", "Invalid size: lots"),
                with("queueSize: many", "queueSize", "is of type: String, expected: int"),
                with("enabled: perhaps", "enabled", "is of type: String, expected: boolean"),
                with("tags: {team: a}", "tags.[0]", "String` from Object"),
                with("tags: [[a]]", "tags.[0]", "String` from Array"),
                with("meta: blue", "meta", "must be a map, like meta: {region: eu-1}"),
                with("spool: /var/spool", "spool", "must be a map, like spool: {directory: /var/spool/logdna}"),
                with("tls: true", "tls", "must be a map, like tls: {trustStorePath:"),
                with("flushInterval: 5", "flushInterval", "must be a duration, a number with its unit, like 5s"),
                with("bufferSize: 32", "bufferSize", "must be a size, a number with its unit, like 4MiB"),
                mistake("ingestionKey: 1e9", "ingestionKey", "must be text: put it in quotes"),
                with("env: no", "env", "must be text: put it in quotes"),
                with("app: 7", "app", "must be text: put it in quotes"),
                with("meta: [blue]", "meta", "must be a map"),
                with("includesMdcKeys: {a: b}", "includesMdcKeys", "from Object value"),
                with("layout: {type: none-such}", "layout", "Could not resolve type id 'none-such'"),
                with("filterFactories: [{type: none-such}]", "filterFactories.[0]", "resolve type id 'none-such'"));
    }

    static Stream<Mistake> someOfEach() {
        return Stream.concat(refused().limit(1), unparsable().limit(1));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void namesThePathWhatIsAllowedAndTheRemedy(Mistake mistake) {
        Throwable thrown = catchThrowable(() -> ConfigurationFile.read(ConfigurationFile.ofRoot(mistake.options())));

        assertThat(thrown).isInstanceOf(ConfigurationException.class);
        assertThat(thrown.getMessage())
                .contains("  * logging.appenders[1]." + mistake.option() + " ")
                .contains(mistake.words());
        hidesTheKey(thrown);
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("unparsable")
    void namesThePathOfWhatIsNoValueAtAll(Mistake mistake) {
        Throwable thrown = catchThrowable(() -> ConfigurationFile.read(ConfigurationFile.ofRoot(mistake.options())));

        assertThat(thrown).isInstanceOf(ConfigurationParsingException.class);
        assertThat(thrown.getMessage())
                .contains("logging.appenders.[1]." + mistake.option() + "; ")
                .contains(mistake.words());
        hidesTheKey(thrown);
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void saysTheSameOfAnAppenderOfASingleLogger(Mistake mistake) throws Exception {
        Throwable thrown = failureOfALogger(mistake);

        assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
        assertThat(thrown.getMessage())
                .startsWith("An appender of type logdna has ")
                .contains("  * " + mistake.option() + " ")
                .contains(mistake.words());
        hidesTheKey(thrown);
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("unparsable")
    void namesTheLoggerWhoseAppenderHasWhatIsNoValueAtAll(Mistake mistake) throws Exception {
        Throwable thrown = failureOfALogger(mistake);

        assertThat(thrown)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Wrong format of logger 'audit'")
                .cause()
                .hasMessageContaining(
                        "LogDnaAppenderFactory[\"" + mistake.option().replaceAll("\\..*", "") + "\"]");
        hidesTheKey(thrown);
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("options")
    void takesAnOptionThatIsEmptyForUnset(String option) throws Exception {
        for (String empty : List.of("", " ''", " '  '")) {
            String key = option.equals("ingestionKey") ? "enabled: false\n" : WITH_KEY;

            ConfigurationFile.read(ConfigurationFile.ofRoot(key + option + ":" + empty));
        }
    }

    static Stream<String> options() {
        ObjectMapper mapper = Jackson.newObjectMapper();
        return mapper
                .getDeserializationConfig()
                .introspect(mapper.constructType(LogDnaAppenderFactory.class))
                .findProperties()
                .stream()
                .map(BeanPropertyDefinition::getName)
                .filter(option -> !option.equals("type"));
    }

    @Test
    void namesAllMistakesAtOnce() {
        String options = "ingestionkey: " + KEY + "\ncompression: zip\nbatchSize: 1B\nip: here";

        Throwable thrown = catchThrowable(() -> ConfigurationFile.read(ConfigurationFile.ofRoot(options)));

        assertThat(thrown)
                .hasMessageContaining("[1].ingestionkey ")
                .hasMessageContaining("[1].ingestionKey ")
                .hasMessageContaining("[1].compression ")
                .hasMessageContaining("[1].batchSize ")
                .hasMessageContaining("[1].ip ");
        hidesTheKey(thrown);
    }

    @Test
    void refusesAPatternThatWouldPrintNothing() throws Exception {
        Configuration configuration =
                ConfigurationFile.read(ConfigurationFile.ofRoot(WITH_KEY + "logFormat: '%replace(%msg){'"));

        Throwable thrown = catchThrowable(() -> configure(configuration.getLoggingFactory()));

        assertThat(thrown)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logFormat is not a pattern that Logback can parse");
        nothingRuns();
    }

    @Test
    void refusesWrongOptionsOfADisabledAppender() {
        String options = "enabled: false\ncompression: zip";

        assertThat(catchThrowable(() -> ConfigurationFile.read(ConfigurationFile.ofRoot(options))))
                .hasMessageContaining("compression must be one of");
    }

    @Test
    void refusesWrongOptionsOfARequestLog() {
        for (String kind : List.of("logback-access", "classic")) {
            String yaml = "server: {requestLog: {type: " + kind + ", appenders: [{type: logdna, compression: zip}]}}";

            Throwable thrown = catchThrowable(() -> ConfigurationFile.read(yaml));

            assertThat(thrown)
                    .hasMessageContaining("  * server.requestLog.appenders[0].ingestionKey " + KEY_UNSET)
                    .hasMessageContaining("  * server.requestLog.appenders[0].compression must be one of [gzip, none]");
        }
    }

    @ParameterizedTest
    @MethodSource("someOfEach")
    void stopsTheStartOfAnApplication(Mistake mistake) throws Exception {
        Service service = new Service();

        String told = service.run(file(ConfigurationFile.ofRoot(mistake.options())));

        assertThat(told).contains(mistake.option()).contains(mistake.words()).doesNotContain(KEY);
        assertThat(service.failed).isTrue();
        assertThat(service.started).isFalse();
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("someOfEach")
    void stopsTheStartOfAnApplicationWithAnAppenderOfASingleLogger(Mistake mistake) throws Exception {
        Service service = new Service();

        String told = service.run(file(ConfigurationFile.ofLogger(mistake.options())));

        assertThat(told).contains(mistake.option()).contains(mistake.words()).doesNotContain(KEY);
        assertThat(service.failed).isTrue();
        assertThat(service.started).isFalse();
        nothingRuns();
    }

    private static Throwable failureOfALogger(Mistake mistake) throws Exception {
        Configuration configuration = ConfigurationFile.read(ConfigurationFile.ofLogger(mistake.options()));
        return catchThrowable(() -> configure(configuration.getLoggingFactory()));
    }

    private static void configure(LoggingFactory logging) {
        logging.configure(new MetricRegistry(), "orders");
    }

    private String file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("config.yml"), yaml).toString();
    }

    private static void hidesTheKey(Throwable thrown) {
        StringWriter printed = new StringWriter();
        thrown.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).doesNotContain(KEY);
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(KEY);
        }
    }

    private void nothingRuns() {
        assertThat(shippingThreads()).isSubsetOf(before);
    }

    private static Set<Thread> shippingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("logdna-(batcher|sender)-.*"))
                .collect(Collectors.toSet());
    }

    private static Mistake mistake(String options, String option, String... words) {
        return new Mistake(options, option, List.of(words));
    }

    private static Mistake with(String options, String option, String... words) {
        return mistake(WITH_KEY + options, option, words);
    }

    /** What is written, the option that is to blame, and what is to be read in the message. */
    record Mistake(String options, String option, List<String> words) {

        @Override
        public String toString() {
            String shown = options.replace(WITH_KEY, "").replace(KEY, "KEY");
            return shown.length() <= 60 ? shown : shown.substring(0, 60) + "...";
        }
    }

    /** Notices how far its start came. */
    private static final class Service extends Application<Configuration> {

        private boolean started;
        private boolean failed;

        @Override
        public void run(Configuration configuration, Environment environment) {
            started = true;
        }

        /** Dropwizard's own ends the process. */
        @Override
        protected void onFatalError(Throwable failure) {
            failed = true;
        }

        /** Runs the server and returns what the standard error stream told. */
        String run(String file) throws Exception {
            PrintStream stderr = System.err;
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            System.setErr(new PrintStream(told, true, UTF_8));
            try {
                run("server", file);
            } finally {
                System.setErr(stderr);
            }
            return told.toString(UTF_8);
        }
    }
}
