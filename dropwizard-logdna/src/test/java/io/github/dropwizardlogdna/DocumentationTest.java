package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import io.github.dropwizardlogdna.testing.MarkdownFile;
import io.github.dropwizardlogdna.testing.MarkdownFile.Block;
import io.github.dropwizardlogdna.testing.TestCertificate;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.commons.text.StringSubstitutor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * README.md and docs/ say what is so: each block of YAML loads, each block of Java compiles, each link within the project
 * leads somewhere, and the options and their defaults are those of the factory.
 *
 * <p>A block of YAML is a configuration, or an item of {@code logging.appenders}. What is neither says so in a comment on
 * the line before: {@code <!-- yaml: appender options -->}, {@code <!-- yaml: refused -->} for what must not load, and
 * {@code <!-- yaml: not Dropwizard's -->} for the files of other programs.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Path OPTIONS = ROOT.resolve("docs/configuration.md");
    private static final ObjectMapper MAPPER = Jackson.newObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();

    /** The section of an option begins with its name and these four facts. */
    private static final Pattern SECTION = Pattern.compile("### `(?<option>[\\w.]+)`\n\n"
            + "\\*\\*Type\\*\\* .+ · \\*\\*Default\\*\\* (?<default>.+) · \\*\\*Allowed\\*\\* .+"
            + " · \\*\\*Example\\*\\* `(?<example>.+)`\n\n\\S");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** A row of README.md about an option. */
    private static final Pattern ROW = Pattern.compile(
            "\\| \\[`(?<option>[\\w.]+)`]\\(docs/configuration\\.md#\\w+\\) \\| (?<default>.+?) \\| .+ \\|");

    @TempDir
    static Path directory;

    /** What stands for itself in the documentation, and here for what the test has. */
    private static Map<String, String> standIns;

    /** The environment variables. */
    private static Map<String, String> variables;

    @BeforeAll
    static void makeStores() throws Exception {
        TestCertificate certificate = TestCertificate.of("dns:localhost", directory);
        variables = Map.of(
                "LOGDNA_INGESTION_KEY",
                "0123456789abcdef0123456789abcdef",
                "LOGDNA_INGEST_KEY",
                "0123456789abcdef0123456789abcdef",
                "TRUST_STORE_PASSWORD",
                certificate.password(),
                "KEY_STORE_PASSWORD",
                certificate.password());
        standIns = Map.of(
                "/etc/logdna/trust.p12", certificate.trustStore("PKCS12").toString(),
                "/etc/logdna/key.p12", certificate.store().toString(),
                "layout: {type: json}", "layout: {type: braces}"); // that of dropwizard-json-logging is not at hand
    }

    static List<MarkdownFile> files() throws Exception {
        return MarkdownFile.all(ROOT);
    }

    static List<Block> yaml() throws Exception {
        return blocks("yaml");
    }

    /** TestingGuideTest compiles the blocks that need local-logdna; a block that shows a file is part of that project. */
    static List<Block> java() throws Exception {
        return blocks("java").stream()
                .filter(block -> !block.marker().equals("java: with local-logdna")
                        && !block.marker().startsWith("file: "))
                .toList();
    }

    static List<Option> options() throws Exception {
        return MarkdownFile.read(OPTIONS).find(SECTION).stream()
                .map(section -> new Option(section.group(1), section.group(2), section.group(3)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void loads(Block block) throws Exception {
        switch (block.marker()) {
            case "yaml: not Dropwizard's" -> YAML.readTree(block.content());
            case "yaml: refused" ->
                assertThatThrownBy(() -> load(configuration(block)))
                        .as(block.toString())
                        .isInstanceOf(ConfigurationException.class);
            default ->
                assertThatCode(() -> load(configuration(block)))
                        .as(block.toString())
                        .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("java")
    void compiles(Block block) {
        assertThat(errors(block.content())).as(block.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void linksToAnExistingTarget(MarkdownFile file) throws Exception {
        for (String link : file.links()) {
            if (link.startsWith("https:")) {
                continue;
            }
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? file.path() : file.path().resolveSibling(parts[0]);
            assertThat(target).as(link).exists();
            if (parts.length == 2) {
                assertThat(MarkdownFile.read(target).anchors()).as(link).contains(parts[1]);
            }
        }
    }

    @Test
    void describesExactlyTheExistingOptions() throws Exception {
        Set<String> known = new TreeSet<>(names(LogDnaAppenderFactory.class, ""));
        known.removeAll(Set.of("spool", "tls", "type"));
        known.addAll(names(SpoolOptions.class, "spool."));
        known.addAll(names(TlsOptions.class, "tls."));

        assertThat(options()).extracting(Option::name).containsExactlyInAnyOrderElementsOf(known);
        assertThat(MarkdownFile.read(OPTIONS).anchors()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("options")
    void describesTheActualDefaultOfEachOption(Option option) throws Exception {
        JsonNode unset = appender(option.name().startsWith("spool.") ? "spool: {directory: x}" : "");
        var code = CODE.matcher(option.defaultValue());

        if (code.matches()) {
            JsonNode written = appender(
                    option.name().startsWith("spool.")
                            ? "spool: {directory: x, maxSize: " + code.group(1) + "}"
                            : option.name() + ": " + code.group(1));
            assertThat(written).isEqualTo(unset);
        } else {
            // In words: nothing, or what is found out later.
            JsonNode value =
                    MAPPER.valueToTree(appender("")).at("/" + option.name().replace('.', '/'));
            assertThat(value.isNull() || value.isMissingNode()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void givesAnExampleThatLoads(Option option) throws Exception {
        assertThat(option.example()).startsWith(option.name().replaceAll("\\..*", "") + ": ");
        load(item(option.example()));
    }

    @Test
    void namesEachOptionInTheReadmeWithTheSameDefault() throws Exception {
        MarkdownFile readme = MarkdownFile.read(ROOT.resolve("README.md"));
        Map<String, Option> described = options().stream().collect(Collectors.toMap(Option::name, Function.identity()));

        assertThat(readme.links())
                .containsAll(described.values().stream()
                        .map(option -> "docs/configuration.md#" + option.anchor())
                        .toList());
        assertThat(readme.find(ROW)).isNotEmpty().allSatisfy(row -> assertThat(row.group(2))
                .as("the default of " + row.group(1))
                .isEqualTo(described.get(row.group(1)).defaultValue()));
    }

    private static List<Block> blocks(String language) throws Exception {
        return MarkdownFile.all(ROOT).stream()
                .flatMap(file -> file.blocks(language).stream())
                .toList();
    }

    /** The configuration that a block is, or is a part of. */
    private static String configuration(Block block) throws Exception {
        String content = block.content();
        if (block.marker().equals("yaml: appender options")) {
            return item(content);
        }
        if (content.startsWith("- type: ")) {
            return "logging:\n  appenders:\n" + content.indent(4);
        }
        assertThat(YAML.readTree(content).fieldNames())
                .toIterable()
                .as("what a configuration has at its top, or else a comment that tells what this is")
                .isSubsetOf("logging", "server", "metrics", "health", "admin");
        return content;
    }

    private static String item(String options) {
        String key = options.contains("ingestionKey:") ? "" : "\ningestionKey: ${LOGDNA_INGESTION_KEY}";
        return "logging:\n  appenders:\n    - type: logdna\n" + (options + key).indent(6);
    }

    /** Reads a configuration as a service does, and the appenders of single loggers as if they were the root's. */
    private static void load(String documented) throws Exception {
        String yaml = asDeployed(documented);
        ConfigurationFile.read(yaml);
        for (JsonNode logger : YAML.readTree(yaml).at("/logging/loggers")) {
            if (logger.has("appenders")) {
                ConfigurationFile.read(
                        MAPPER.writeValueAsString(Map.of("logging", Map.of("appenders", logger.get("appenders")))));
            }
        }
    }

    private static String asDeployed(String documented) {
        String yaml = documented;
        for (Map.Entry<String, String> standIn : standIns.entrySet()) {
            yaml = yaml.replace(standIn.getKey(), standIn.getValue());
        }
        return new StringSubstitutor(variables)
                .setEnableUndefinedVariableException(true)
                .replace(yaml);
    }

    /** What an appender of these options is made from. */
    private static JsonNode appender(String options) throws Exception {
        DefaultLoggingFactory logging = (DefaultLoggingFactory)
                ConfigurationFile.read(ConfigurationFile.ofRoot("ingestionKey: key\n" + options))
                        .getLoggingFactory();
        return MAPPER.valueToTree(logging.getAppenders().get(1));
    }

    private static List<String> names(Class<?> options, String prefix) {
        return MAPPER.getDeserializationConfig().introspect(MAPPER.constructType(options)).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .map(prefix::concat)
                .toList();
    }

    /** What the compiler says of members of an application, or of a test of one. */
    private static List<String> errors(String members) {
        String source = """
                import ch.qos.logback.classic.spi.*;
                import io.dropwizard.configuration.*;
                import io.dropwizard.core.*;
                import io.dropwizard.core.setup.*;
                import io.dropwizard.logging.common.*;
                import io.dropwizard.testing.*;
                import io.dropwizard.testing.junit5.*;
                import io.dropwizard.util.*;
                import io.github.dropwizardlogdna.*;
                import java.math.*;
                import java.util.*;
                import org.apache.commons.text.*;
                import org.slf4j.*;

                class MyConfiguration extends Configuration {}

                class MyApplication extends Application<MyConfiguration> {
                    @Override
                    public void run(MyConfiguration configuration, Environment environment) {}
                }

                class Documented extends MyApplication {
                %s
                }
                """.formatted(members);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Documented.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        compiler.getTask(
                        null, null, diagnostics, List.of("-proc:none", "-d", directory.toString()), null, List.of(file))
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(Object::toString)
                .toList();
    }

    /** What docs/configuration.md says of an option. */
    record Option(String name, String defaultValue, String example) {

        String anchor() {
            return name.toLowerCase(Locale.ROOT).replace(".", "");
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
