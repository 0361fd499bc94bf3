package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.dropwizardlogdna.config.EnvironmentDefaults;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What options that are not set take from the environment. */
class EnvironmentDefaultsTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory;

    @Test
    void typeLogdnaAloneIsAWholeConfiguration() throws Exception {
        Path file = Files.writeString(directory.resolve("config.yml"), """
                server:
                  applicationConnectors: [{type: http, port: 0, bindHost: localhost}]
                  adminConnectors: [{type: http, port: 0, bindHost: localhost}]
                logging:
                  appenders:
                    - {type: console, logFormat: '%msg%n'}
                    - type: logdna
                """);
        try (LocalLogDna endpoint = LocalLogDna.start(KEY);
                ChildJvm child = ChildJvm.startWith(
                        Map.of(
                                "LOGDNA_INGESTION_KEY",
                                KEY,
                                "LOGDNA_URL",
                                endpoint.url(),
                                "LOGDNA_HOSTNAME",
                                "web-1",
                                "LOGDNA_TAGS",
                                "blue, eu"),
                        directory,
                        ChattyApplication.class,
                        "server",
                        file.toString())) {
            child.awaitOutput(Pattern.compile(ChattyApplication.READY));
            child.sendSigterm();

            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(143);
            assertThat(endpoint.lines().meta("logger", ChattyApplication.PLAIN).texts())
                    .containsExactlyElementsOf(ChattyApplication.textsOf("run", "main", "stop"));
            assertThat(endpoint.lines())
                    .allSatisfy(line -> assertThat(line.hostname()).isEqualTo("web-1"))
                    .allSatisfy(line -> assertThat(line.tags()).containsExactly("blue", "eu"));
            assertThat(child.stdout())
                    .contains("from the environment: ingestionKey (LOGDNA_INGESTION_KEY), endpoint (LOGDNA_URL),"
                            + " hostname (LOGDNA_HOSTNAME), tags (LOGDNA_TAGS)")
                    .doesNotContain(KEY);
        }
    }

    @Test
    void theVariablesOfTheVendorsAgentCountIfTheOthersAreUnsetOrEmpty() {
        EnvironmentDefaults defaults =
                defaults(Map.of("LOGDNA_INGESTION_KEY", " ", "MZ_INGESTION_KEY", "mz", "MZ_TAGS", "a"));

        assertThat(defaults.orDefault("ingestionKey", null)).isEqualTo("mz");
        assertThat(defaults.orDefault("tags", "")).isEqualTo("a");
        assertThat(defaults.inWords())
                .isEqualTo("; from the environment: ingestionKey (MZ_INGESTION_KEY), tags (MZ_TAGS)");
    }

    @Test
    void theConfigurationWins() {
        EnvironmentDefaults defaults = defaults(Map.of("LOGDNA_INGESTION_KEY", "other"));

        assertThat(defaults.orDefault("ingestionKey", "mine")).isEqualTo("mine");
        assertThat(defaults.inWords()).isEmpty();
    }

    @Test
    void aWrongValueIsReportedWithItsVariable() {
        assertThat(problemsWith(Map.of("LOGDNA_INGESTION_KEY", "has a space")).get("ingestionKey"))
                .contains("the environment variable LOGDNA_INGESTION_KEY must consist of visible ASCII characters");
        Map<String, String> environment = new HashMap<>(Map.of("LOGDNA_INGESTION_KEY", KEY));
        for (Map.Entry<String, String> wrong : Map.of(
                        "LOGDNA_URL", "no url",
                        "LOGDNA_HOSTNAME", "h".repeat(257),
                        "MZ_TAGS", "t".repeat(81))
                .entrySet()) {
            environment.put(wrong.getKey(), wrong.getValue());
            assertThat(problemsWith(environment).values())
                    .singleElement()
                    .asString()
                    .startsWith("is not set, and the environment variable " + wrong.getKey() + " ")
                    .doesNotContain(wrong.getValue());
            environment.remove(wrong.getKey());
        }
    }

    @Test
    void namesTheVariablesIfAKeyIsMissing() {
        assertThat(problemsWith(Map.of()).get("ingestionKey"))
                .contains("in the environment variable LOGDNA_INGESTION_KEY or MZ_INGESTION_KEY");
    }

    private static Map<String, String> problemsWith(Map<String, String> environment) {
        LogDnaAppenderFactory<ILoggingEvent> factory = new LogDnaAppenderFactory<>();
        factory.readEnvironmentFrom(environment::get);
        return factory.problems();
    }

    private static EnvironmentDefaults defaults(Map<String, String> environment) {
        return new EnvironmentDefaults(environment::get);
    }
}
