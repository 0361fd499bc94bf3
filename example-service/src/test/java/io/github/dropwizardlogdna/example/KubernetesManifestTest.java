package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * What can be said of the manifest without a cluster: its objects are those of the Kubernetes API, its parts fit together,
 * and they fit the service. {@link KubernetesSettingsTest} runs the service with its settings.
 */
class KubernetesManifestTest {

    /** What the library takes from the environment for options that are not set: docs/configuration.md names them. */
    private static final Set<String> DEFAULTS = Set.of("LOGDNA_INGESTION_KEY", "LOGDNA_HOSTNAME", "LOGDNA_TAGS");

    private final KubernetesManifest manifest;

    KubernetesManifestTest() throws IOException {
        manifest = KubernetesManifest.read();
    }

    @Test
    void matchesTheSchemaOfKubernetes() throws Exception {
        assertThat(manifest.objects())
                .extracting(object -> object.get("kind").asText())
                .containsExactly("ConfigMap", "Deployment", "Service");
        for (JsonNode object : manifest.objects()) {
            validate(object.toString());
        }
    }

    @Test
    void isRefusedWithAMisspelledField() {
        String deployment = manifest.object("Deployment").toString();

        for (String field : List.of("secretKeyRef", "readOnlyRootFilesystem", "readinessProbe", "emptyDir")) {
            assertThatThrownBy(() -> validate(deployment.replace(field, field + "s")))
                    .hasMessageContaining(field + "s");
        }
    }

    /** Names, required fields and types, as the API's own model has them. */
    private static void validate(String object) throws IOException {
        JsonElement element = JsonParser.parseString(object);
        switch (element.getAsJsonObject().get("kind").getAsString()) {
            case "ConfigMap" -> {
                V1ConfigMap.validateJsonElement(element);
                assertThat(JSON.getGson().fromJson(element, V1ConfigMap.class).getData())
                        .isNotNull();
            }
            case "Deployment" -> {
                V1Deployment.validateJsonElement(element);
                assertThat(JSON.getGson().fromJson(element, V1Deployment.class).getSpec())
                        .isNotNull();
            }
            default -> {
                V1Service.validateJsonElement(element);
                assertThat(JSON.getGson().fromJson(element, V1Service.class).getSpec())
                        .isNotNull();
            }
        }
    }

    @Test
    void namesOnlyExistingThings() {
        JsonNode labels = manifest.podTemplate().at("/metadata/labels");
        assertThat(manifest.object("Deployment").at("/spec/selector/matchLabels"))
                .isEqualTo(labels);
        assertThat(manifest.object("Service").at("/spec/selector")).isEqualTo(labels);

        List<String> ports = manifest.container().get("ports").findValuesAsText("name");
        assertThat(manifest.object("Service").at("/spec/ports").findValuesAsText("targetPort"))
                .isSubsetOf(ports);
        assertThat(manifest.container().findValues("httpGet"))
                .hasSize(3)
                .allSatisfy(probe -> assertThat(probe.get("port").asText()).isIn(ports));

        assertThat(manifest.container().get("volumeMounts").findValuesAsText("name"))
                .containsExactlyInAnyOrderElementsOf(manifest.pod().get("volumes").findValuesAsText("name").stream()
                        .filter(name -> !name.equals("order-service"))
                        .toList());
        assertThat(manifest.pod().at("/volumes/0/configMap/name"))
                .isEqualTo(manifest.object("ConfigMap").at("/metadata/name"));
        assertThat(manifest.container().at("/args/1").asText())
                .isEqualTo(manifest.container().at("/volumeMounts/0/mountPath").asText() + "/"
                        + KubernetesManifest.CONFIG);
    }

    @Test
    void listensOnThePortsThatItNames() throws Exception {
        JsonNode ports = manifest.container().get("ports");
        JsonNode server = manifest.parsedConfig().get("server");

        assertThat(ports.at("/0/containerPort")).isEqualTo(server.at("/applicationConnectors/0/port"));
        assertThat(ports.at("/1/containerPort")).isEqualTo(server.at("/adminConnectors/0/port"));
        assertThat(manifest.object("Service").at("/spec/ports").findValuesAsText("targetPort"))
                .containsExactly(ports.at("/0/name").asText());
    }

    @Test
    void setsExactlyTheVariablesThatAreRead() throws Exception {
        Set<String> used = new TreeSet<>(manifest.variablesRead());
        used.addAll(DEFAULTS);

        assertThat(manifest.environment().keySet()).containsExactlyInAnyOrderElementsOf(used);
        // An option that is set would win over the variable.
        assertThat(manifest.appenders()).hasSize(3).allSatisfy(appender -> assertThat(appender.fieldNames())
                .toIterable()
                .doesNotContain("ingestionKey", "hostname", "tags"));
        assertThat(Files.readString(Path.of("../docs/configuration.md"))).contains(DEFAULTS);
    }

    @Test
    void takesTheKeyFromASecretAndNamesHostNamespaceAndPodByTheDownwardApi() throws Exception {
        assertThat(manifest.environment()
                        .get("LOGDNA_INGESTION_KEY")
                        .at("/valueFrom/secretKeyRef/name")
                        .asText())
                .isEqualTo("logdna");
        assertThat(field("LOGDNA_HOSTNAME")).isEqualTo("spec.nodeName");
        assertThat(field("POD_NAMESPACE")).isEqualTo("metadata.namespace");
        assertThat(field("POD_NAME")).isEqualTo("metadata.name");
        assertThat(manifest.appenders()).allSatisfy(appender -> {
            assertThat(appender.at("/meta/namespace").asText()).isEqualTo("${POD_NAMESPACE}");
            assertThat(appender.at("/meta/pod").asText()).isEqualTo("${POD_NAME}");
        });
    }

    private String field(String variable) {
        return manifest.environment()
                .get(variable)
                .at("/valueFrom/fieldRef/fieldPath")
                .asText();
    }

    @Test
    void leavesTimeForTheWholeShutdown() throws Exception {
        long preStop =
                manifest.container().at("/lifecycle/preStop/exec/command/1").asLong();
        long requests = Duration.parse(manifest.parsedConfig()
                        .at("/server/shutdownGracePeriod")
                        .asText())
                .toSeconds();
        long lines = manifest.appenders().stream()
                .map(appender -> appender.path("shutdownTimeout").asText("5s"))
                .mapToLong(timeout -> Duration.parse(timeout).toSeconds())
                .max()
                .orElseThrow();

        assertThat(manifest.pod().get("terminationGracePeriodSeconds").asLong())
                .isGreaterThanOrEqualTo(preStop + requests + lines + 10);
    }

    @Test
    void hasAWritableVolumeForTheSpool() throws Exception {
        JsonNode volume = manifest.pod().at("/volumes/1");
        String mounted = manifest.container().at("/volumeMounts/1/mountPath").asText();
        long mostBytes = manifest.appenders().stream()
                .map(appender -> appender.at("/spool/maxSize").asText())
                .mapToLong(size -> DataSize.parse(size).toBytes())
                .sum();

        assertThat(volume.get("name")).isEqualTo(manifest.container().at("/volumeMounts/1/name"));
        assertThat(manifest.appenders()).allSatisfy(appender -> assertThat(
                        Path.of(appender.at("/spool/directory").asText()))
                .startsWithRaw(Path.of(mounted)));
        assertThat(DataSize.parse(volume.at("/emptyDir/sizeLimit").asText().replace("Gi", "GiB"))
                        .toBytes())
                .isGreaterThan(mostBytes);
        assertThat(manifest.container().at("/volumeMounts/1").has("readOnly")).isFalse();
    }

    @Test
    void leavesHalfOfTheMemoryOutsideOfTheHeap() {
        JsonNode resources = manifest.container().get("resources");

        assertThat(resources.at("/limits/memory")).isEqualTo(resources.at("/requests/memory"));
        assertThat(StreamSupport.stream(manifest.container().get("command").spliterator(), false)
                        .map(JsonNode::asText))
                .contains("-XX:MaxRAMPercentage=50");
    }

    @Test
    void runsAsARandomUserAndWritesToItsVolumesOnly() {
        JsonNode container = manifest.container().get("securityContext");
        JsonNode pod = manifest.pod().get("securityContext");

        assertThat(container.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.get("allowPrivilegeEscalation").asBoolean()).isFalse();
        assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(pod.get("runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.get("runAsUser").asLong()).isGreaterThan(65_535);
        assertThat(pod.get("fsGroup")).isEqualTo(pod.get("runAsGroup"));
    }

    @Test
    void runsJavaAsProcessOneSoThatItReceivesTheSignal() {
        assertThat(manifest.container().at("/command/0").asText()).isEqualTo("java");
    }
}
