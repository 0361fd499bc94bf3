package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricFilter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Prometheus rules and the Grafana dashboard of docs/monitoring ask for metrics that a service has, by their names there. */
@ExtendWith(DropwizardExtensionsSupport.class)
class MonitoringTest {

    private static final Path DOCS = Path.of("../docs");
    private static final Path RULES = DOCS.resolve("monitoring/logdna-rules.yml");
    private static final Path RULES_TEST = DOCS.resolve("monitoring/logdna-rules-test.yml");
    private static final Path DASHBOARD = DOCS.resolve("monitoring/logdna-dashboard.json");

    private static final Pattern SAMPLE = Pattern.compile("(?m)^(logdna_\\w+)[{ ]");
    private static final Pattern METRIC = Pattern.compile("\\blogdna_[a-z_]+");
    private static final Pattern NAME_PATTERN = Pattern.compile("__name__=~\"([^\"]+)\"");

    @RegisterExtension
    static final LocalLogDna LOGDNA = LocalLogDna.start();

    private static final DropwizardAppExtension<OrderConfiguration> SERVICE = new DropwizardAppExtension<>(
            OrderApplication.class,
            "config.yml",
            TestEnvironment.of(Map.of("LOGDNA_ENDPOINT", LOGDNA.url(), "LOGDNA_INGESTION_KEY", LOGDNA.ingestionKey())));

    // <- docs/monitoring.md
    static void servePrometheus(Environment environment) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new DropwizardExports(environment.metrics(), MetricFilter.startsWith("logdna.")));
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/prometheus");
    }
    // ->

    /** As {@code prometheus-metrics-instrumentation-dropwizard} names them. */
    private static Set<String> samples() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(
                new DropwizardExports(SERVICE.getEnvironment().metrics(), MetricFilter.startsWith("logdna.")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PrometheusTextFormatWriter(false).write(out, registry.scrape());
        return names(out.toString(StandardCharsets.UTF_8));
    }

    /** As the older {@code simpleclient_dropwizard} does. */
    private static Set<String> samplesOfSimpleClient() throws IOException {
        CollectorRegistry registry = new CollectorRegistry();
        registry.register(new io.prometheus.client.dropwizard.DropwizardExports(
                SERVICE.getEnvironment().metrics(), MetricFilter.startsWith("logdna.")));
        StringWriter out = new StringWriter();
        TextFormat.write004(out, registry.metricFamilySamples());
        return names(out.toString());
    }

    private static Set<String> names(String exposition) {
        return SAMPLE.matcher(exposition)
                .results()
                .map(sample -> sample.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> alerts() throws IOException {
        return new YAMLMapper().readTree(Files.readString(RULES)).findValuesAsText("expr");
    }

    private static List<String> queries() throws IOException {
        return new ObjectMapper().readTree(Files.readString(DASHBOARD)).findValuesAsText("expr");
    }

    private static Set<String> metricsIn(List<String> expressions) {
        return expressions.stream()
                .map(expression -> NAME_PATTERN.matcher(expression).replaceAll(""))
                .flatMap(expression -> METRIC.matcher(expression).results())
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void alertsOnMetricsThatExist() throws Exception {
        assertThat(alerts()).hasSize(6).allSatisfy(alert -> assertThat(alert).isNotBlank());
        assertThat(metricsIn(alerts())).isNotEmpty().isSubsetOf(samples());
        assertThat(metricsIn(alerts()))
                .contains(
                        "logdna_lines_dropped_total",
                        "logdna_requests_failed_total",
                        "logdna_oldest_line_age_ms",
                        "logdna_spool_bytes");
    }

    @Test
    void drawsMetricsThatExist() throws Exception {
        assertThat(metricsIn(queries())).hasSizeGreaterThan(15).isSubsetOf(samples());
    }

    @Test
    void drawsEachReasonForDroppingALine() throws Exception {
        Set<String> reasons = samples().stream()
                .filter(name -> name.matches("logdna_lines_dropped_\\w+_total"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(reasons).hasSize(8);
        assertThat(metricsIn(queries())).containsAll(reasons);
    }

    @Test
    void findsTheMetricsOfEachAppenderByAPattern() throws Exception {
        List<String> patterns = queries().stream()
                .flatMap(query -> NAME_PATTERN.matcher(query).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(patterns).isNotEmpty();
        for (String pattern : patterns) {
            String metric = pattern.substring(pattern.lastIndexOf('+') + 1);
            // Prometheus anchors a pattern; the sum over all appenders is none of theirs.
            assertThat(samples().stream().filter(name -> name.matches(pattern)))
                    .as(pattern)
                    .containsExactlyInAnyOrder(
                            "logdna_logdna" + metric, "logdna_logdna_request" + metric, "logdna_audit" + metric);
        }
    }

    @Test
    void hasTheSameNamesInBothOfPrometheusLibraries() throws Exception {
        assertThat(samplesOfSimpleClient()).isEqualTo(samples());
    }

    @Test
    void hasADashboardThatGrafanaCanLayOut() throws Exception {
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(DASHBOARD));

        assertThat(dashboard.get("title").asText()).isNotBlank();
        assertThat(dashboard.at("/templating/list").findValuesAsText("name"))
                .containsExactly("datasource", "job", "instance");
        List<JsonNode> panels = new ArrayList<>();
        dashboard.get("panels").forEach(panels::add);
        assertThat(panels).extracting(panel -> panel.get("id").asInt()).doesNotHaveDuplicates();
        Set<String> cells = new TreeSet<>();
        for (JsonNode panel : panels) {
            JsonNode place = panel.get("gridPos");
            assertThat(place.get("x").asInt() + place.get("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    String cell =
                            (place.get("x").asInt() + x) + "/" + (place.get("y").asInt() + y);
                    assertThat(cells.add(cell))
                            .as(panel.get("title") + " lies on another")
                            .isTrue();
                }
            }
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.get("targets")).isNotEmpty().allSatisfy(target -> assertThat(
                            target.get("expr").asText())
                    .contains("job=~\"$job\", instance=~\"$instance\""));
        }
    }

    @Test
    void testsEachAlert() throws Exception {
        JsonNode rules = new YAMLMapper().readTree(Files.readString(RULES));

        assertThat(rules.findValuesAsText("alert"))
                .allSatisfy(alert -> assertThat(RULES_TEST).content().contains(alert));
        assertThat(Files.readString(DOCS.resolve("monitoring.md"))).contains(rules.findValuesAsText("alert"));
    }

    @Test
    void documentsTheCodeThatServesThem() throws Exception {
        String source =
                Files.readString(Path.of("src/test/java/io/github/dropwizardlogdna/example/MonitoringTest.java"));
        String code = source.substring(source.indexOf("// <- docs/monitoring.md\n") + 25, source.indexOf("    // ->"));

        assertThat(Files.readString(DOCS.resolve("monitoring.md"))).contains(code.indent(-4));
    }
}
