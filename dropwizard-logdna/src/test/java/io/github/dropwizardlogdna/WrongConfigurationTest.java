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
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import java.io.ByteArrayInputStream;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What a wrong option is answered with: where, what is allowed, what to do; and never the key. */
class WrongConfigurationTest {

    private static final String KEY = "0123456789abcdef";
    private static final String WITH_KEY = "ingestionKey: " + KEY + "\n";
    private static final String KEY_UNSET = "must be set: take it from the account's settings";
    private static final String UNSUBSTITUTED = "still holds the name of a variable in ${...}";
    private static final String A_URL = "must be an absolute http or https URL, without user, password and fragment";
    private static final String A_DURATION = "must be a duration, a number with its unit, like 5s";
    private static final String A_SIZE = "must be a size, a number with its unit, like 4MiB";
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
                with("name: ${NAME}", "name", UNSUBSTITUTED),
                with("hostname: ${NODE}", "hostname", UNSUBSTITUTED),
                with("app: orders-${STAGE}", "app", UNSUBSTITUTED),
                with("env: ${STAGE}", "env", UNSUBSTITUTED),
                with("tags: [blue, \"${TAG}\"]", "tags", UNSUBSTITUTED),
                with("ip: 300.1.2.3", "ip", "must be an IP address, v4 or v6"),
                with("ip: localhost", "ip", "must be an IP address, v4 or v6"),
                with("mac: 00:1b:44", "mac", "must be a MAC address, like 00:1b:44:11:3a:b7"),
                with("tags: [a, " + "t".repeat(81) + "]", "tags", "must have at most 80 characters each"),
                with("tags: a," + "t".repeat(81), "tags", "must have at most 80 characters each"),
                with("tags: [a, ~]", "tags[1].<list element>", "must not be null"),
                with("meta: {a: " + "m".repeat(8192) + "}", "meta", "must have at most 8192 characters"),
                with("oversizeLines: cut", "oversizeLines", "must be one of [split, truncate]"),
                with("compression: zip", "compression", "must be one of [gzip, none]"),
                with("threshold: LOUD", "threshold", LEVELS),
                with("timeZone: Europe/Nowhere", "timeZone", "must be a time zone that Java knows, like UTC"),
                with("timeZone: GMT+25", "timeZone", "must be a time zone that Java knows"),
                with("timeZone: GMT+02:75", "timeZone", "must be a time zone that Java knows"),
                with("timeZone: CEST", "timeZone", "or GMT+02:00, or system"),
                with("endpoint: http://log_dna:8080", "endpoint", "must not have an underscore (_) in its host name"),
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
                with("concurrentRequests: 0", "concurrentRequests", "must be greater than or equal to 1"),
                with("concurrentRequests: 9", "concurrentRequests", "must be less than or equal to 8"),
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
                with("spool: {directory: '${SPOOL}'}", "spool.directory", UNSUBSTITUTED),
                with("spool: {dir: x, directory: spool}", "spool.dir", "is not an option of spool; the options are"),
                with(
                        "spool: {directory: \"a\\0b\"}",
                        "spool.directory",
                        "must be a path that this JVM can express",
                        "LC_ALL"),
                with("spool: {directory: pom.xml}", "spool.directory", "must be a directory: ", "is something else"),
                with(
                        "spool: {directory: pom.xml/spool}",
                        "spool.directory",
                        "can't be created: ",
                        "is not a directory"),
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

    /** What Dropwizard can't make a value of. */
    static Stream<Mistake> unparsable() {
        return Stream.of(
                mistake("ingestionKey: [" + KEY + "]", "ingestionKey", "must be text"),
                mistake("ingestionKey: {key: " + KEY + "}", "ingestionKey", "must be text"),
                with("flushInterval: -1s", "flushInterval", A_DURATION),
                with("flushInterval: soon", "flushInterval", A_DURATION),
                with("flushInterval: [1s]", "flushInterval", A_DURATION),
                with("flushInterval: 5", "flushInterval", A_DURATION),
                with("timeout: 1 fortnight", "timeout", A_DURATION),
                with("timeout: " + KEY, "timeout", A_DURATION),
                with("batchSize: lots", "batchSize", A_SIZE),
                with("batchSize: 32X", "batchSize", A_SIZE),
                with("bufferSize: 32", "bufferSize", A_SIZE),
                with("spool: {directory: spool, maxSize: 1}", "spool.maxSize", A_SIZE),
                with("queueSize: many", "queueSize", "must be a whole number"),
                with("discardingThreshold: 20%", "discardingThreshold", "must be a whole number"),
                with("enabled: perhaps", "enabled", "must be true or false"),
                with("parseJson: perhaps", "parseJson", "must be true or false"),
                with("tags: {team: a}", "tags.[0]", "must be text"),
                with("tags: [[a]]", "tags.[0]", "must be text"),
                with("meta: blue", "meta", "must be a map, like meta: {region: eu-1}"),
                with("spool: /var/spool", "spool", "must be a map, like spool: {directory: /var/spool/logdna}"),
                with("tls: true", "tls", "must be a map, like tls: {trustStorePath:"),
                mistake("ingestionKey: 1e9", "ingestionKey", "must be text: put it in quotes"),
                with("env: no", "env", "must be text: put it in quotes"),
                with("app: 7", "app", "must be text: put it in quotes"),
                with("tags: 7", "tags", "must be text: put it in quotes"),
                with("tags: [blue, 7]", "tags", "must be text: put it in quotes"),
                with("includesMdcKeys: [no]", "includesMdcKeys", "must be text: put it in quotes"),
                with("redact: [4111]", "redact", "must be text: put it in quotes"),
                with("spool: {directory: 0755}", "spool.directory", "must be text: put it in quotes"),
                with("spool: {directory: true}", "spool.directory", "must be text: put it in quotes"),
                with("tls: {keyStorePassword: 012345}", "tls.keyStorePassword", "must be text: put it in quotes"),
                with("queueSize: 9000.5", "queueSize", "must be a whole number"),
                with("enabled: 1", "enabled", "must be true or false"),
                with("parseJson: 0", "parseJson", "must be true or false"),
                with("filterFactories: 5", "filterFactories", "must be a list, like [a, b]"),
                with("meta: [blue]", "meta", "must be a map"),
                with("includesMdcKeys: {a: b}", "includesMdcKeys", "must be a list, like [a, b]"),
                with("excludesMdcKeys: password", "excludesMdcKeys", "must be a list, like [a, b]"),
                with(
                        "layout: {type: none-such}",
                        "layout",
                        "has the type 'none-such', which no module on the class path provides",
                        "io.dropwizard:dropwizard-json-logging"),
                with(
                        "filterFactories: [{type: none-such}]",
                        "filterFactories.[0]",
                        "has an unknown type: ",
                        "'none-such'",
                        "known type ids = [uri"),
                with("filterFactories: [{uris: [/health]}]", "filterFactories.[0]", "must be a map that has a type"),
                with("layout: json", "layout", "must be a map that has a type, like {type: ...}"),
                with("layout: {pretty: true}", "layout", "must be a map that has a type"));
    }

    static Stream<Mistake> someOfEach() {
        return Stream.concat(refused().limit(1), unparsable().limit(1));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void namesThePathTheAllowedFormAndTheRemedy(Mistake mistake) {
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
    void namesThePathOfAWrongType(Mistake mistake) {
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
    void reportsTheSameForAnAppenderOfASingleLogger(Mistake mistake) throws Exception {
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
    void namesTheLoggerOfAWrongType(Mistake mistake) throws Exception {
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
    void treatsAnEmptyOptionAsUnset(String option) throws Exception {
        for (String empty : List.of("", " ''", " '  '")) {
            String key = option.equals("ingestionKey") ? "enabled: false\n" : WITH_KEY;

            ConfigurationFile.read(ConfigurationFile.ofRoot(key + option + ":" + empty));
        }
    }

    @Test
    void treatsASpoolWithoutADirectoryFromTheEnvironmentAsUnset() throws Exception {
        Configuration configuration =
                ConfigurationFile.read(ConfigurationFile.ofRoot(WITH_KEY + "spool: {directory: '', maxSize: 1GiB}"));

        assertThat(((DefaultLoggingFactory) configuration.getLoggingFactory())
                        .getAppenders()
                        .get(1))
                .isInstanceOfSatisfying(LogDnaAppenderFactory.class, factory -> assertThat(factory.getSpool())
                        .isNull());
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

    @ParameterizedTest
    @ValueSource(strings = {"%nosuchword %msg", "%replace(%msg){"})
    void refusesAPatternThatWouldPrintItsErrors(String pattern) throws Exception {
        Throwable thrown =
                catchThrowable(() -> ConfiguredAppender.of("ingestionKey: " + KEY, "logFormat: '" + pattern + "'"));

        assertThat(thrown)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logFormat is not a pattern that Logback can parse: ");
        nothingRuns();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "system",
                "Europe/Berlin",
                "GMT+2",
                "GMT-11:30",
                "GMT+730",
                "GMT+23:59",
                "EST",
                "' Europe/Berlin '"
            })
    void takesEachTimeZoneThatJavaKnows(String zone) throws Exception {
        ConfigurationFile.read(ConfigurationFile.ofRoot(WITH_KEY + "timeZone: " + zone));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void namesFileAndLoggerWithTheBundle(Mistake mistake) {
        Throwable thrown = catchThrowable(() -> readWithTheBundle(ConfigurationFile.ofLogger(mistake.options())));

        assertThat(thrown).isInstanceOf(ConfigurationException.class);
        assertThat(thrown.getMessage())
                .startsWith("config.yml has ")
                .contains("  * logging.loggers.audit.appenders[0]." + mistake.option() + " ")
                .contains(mistake.words());
        hidesTheKey(thrown);
        nothingRuns();
    }

    @ParameterizedTest
    @MethodSource("unparsable")
    void namesFileAndLoggerOfAWrongTypeWithTheBundle(Mistake mistake) {
        Throwable thrown = catchThrowable(() -> readWithTheBundle(ConfigurationFile.ofLogger(mistake.options())));

        assertThat(thrown).isInstanceOf(ConfigurationException.class);
        assertThat(thrown.getMessage())
                .startsWith("config.yml has ")
                .contains("  * logging.loggers.audit.appenders[0]."
                        + mistake.option().replace(".[", "[") + " ")
                .contains(mistake.words());
        hidesTheKey(thrown);
        nothingRuns();
    }

    /** A layout of the place finds such a mistake, and each place has a layout of its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "logging: {appenders: [%s]} > logging.appenders[0]",
                "logging: {loggers: {audit: {appenders: [%s]}}} > logging.loggers.audit.appenders[0]",
                "server: {requestLog: {appenders: [%s]}} > server.requestLog.appenders[0]"
            })
    void namesFileAndPathOfAWrongPatternWithTheBundle(String fileAndPath) {
        String file = fileAndPath.split(" > ")[0];
        String path = fileAndPath.split(" > ")[1];
        for (String pattern : List.of("%nosuchword", "%replace(%msg){")) {
            String appender = "{type: logdna, ingestionKey: k, enabled: false, logFormat: '" + pattern + "'}";

            Throwable thrown = catchThrowable(() -> readWithTheBundle(file.replace("%s", appender)));

            assertThat(thrown)
                    .as(pattern)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("config.yml has an error:\n  * " + path
                            + ".logFormat is not a pattern that Logback can parse: ");
        }
    }

    /** Dropwizard's layout for it knows no conversion word, and prints the message alone. */
    @Test
    void namesFileAndPathOfAPatternInAClassicRequestLogWithTheBundle() {
        Throwable thrown = catchThrowable(() -> readWithTheBundle("server: {requestLog: {type: classic, appenders: ["
                + "{type: logdna, ingestionKey: k, logFormat: '%msg'}]}}"));

        assertThat(thrown)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("config.yml has an error:\n  * server.requestLog.appenders[0].logFormat has no"
                        + " effect in a request log of type classic: remove it, or use the type logback-access");
    }

    /** The second appender of the same name gets another, and a spool must not depend on that. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "logging: {appenders: [%s, %s]} > logging.appenders[1]",
                "logging: {loggers: {audit: {appenders: [%s]}}, appenders: [%s]} > logging.loggers.audit.appenders[0]",
                "logging: {loggers: {audit: {appenders: [%s, %s]}}} > logging.loggers.audit.appenders[1]",
                "server: {requestLog: {appenders: [%s, %s]}} > server.requestLog.appenders[1]"
            })
    void namesFileAndPathOfASpoolWhoseNameIsTakenWithTheBundle(String fileAndPath) {
        String file = fileAndPath.split(" > ")[0];
        String path = fileAndPath.split(" > ")[1];
        String appender = "{type: logdna, ingestionKey: k, spool: {directory: nowhere}}";

        Throwable thrown = catchThrowable(() -> readWithTheBundle(file.replace("%s", appender)));

        assertThat(thrown)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "config.yml has an error:\n  * " + path + ".name must be set to one of its own: with a spool");
    }

    @Test
    void takesThePatternsOfEachPlaceWithTheBundle() throws Exception {
        String file = """
                logging:
                  appenders: [{type: logdna, ingestionKey: k, logFormat: '%-5level %logger %msg %dwREx'}]
                server:
                  requestLog:
                    appenders: [{type: logdna, ingestionKey: k, logFormat: '%h %u "%r" %s %requestParameter{id}'}]
                """;

        assertThat(readWithTheBundle(file)).isNotNull();
        nothingRuns();
    }

    @Test
    void takesCorrectAppendersOfLoggersWithTheBundle() throws Exception {
        assertThat(readWithTheBundle(ConfigurationFile.ofLogger(WITH_KEY + "flushInterval: 5s")))
                .isNotNull();
        nothingRuns();
    }

    private static Configuration readWithTheBundle(String yaml) throws Exception {
        Bootstrap<Configuration> bootstrap = new Bootstrap<>(new Service());
        bootstrap.addBundle(new LogDnaBundle<>());
        return bootstrap
                .getConfigurationFactoryFactory()
                .create(Configuration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(UTF_8)), "config.yml");
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

    /** Records how far its start came. */
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
