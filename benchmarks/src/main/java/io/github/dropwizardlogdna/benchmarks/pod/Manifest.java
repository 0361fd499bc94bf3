package io.github.dropwizardlogdna.benchmarks.pod;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.util.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** What a run needs to know of the manifest. */
record Manifest(JsonNode configMap, JsonNode pod) {

    static Manifest read(Path file) throws IOException {
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        try (JsonParser parser = yaml.getFactory().createParser(Files.readString(file))) {
            List<JsonNode> objects = yaml.readValues(parser, JsonNode.class).readAll();
            return new Manifest(
                    ofKind(objects, "ConfigMap"), ofKind(objects, "Deployment").at("/spec/template/spec"));
        }
    }

    private static JsonNode ofKind(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(object -> object.get("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode container() {
        return pod.at("/containers/0");
    }

    /** The configuration file, with other ports. */
    String config(int port, int adminPort) {
        return configMap
                .at("/data/config.yml")
                .asText()
                .replace("port: 8080", "port: " + port)
                .replace("port: 8081", "port: " + adminPort);
    }

    /** The options of the JVM. */
    List<String> jvmOptions() {
        return StreamSupport.stream(container().get("command").spliterator(), false)
                .map(JsonNode::asText)
                .filter(option -> option.startsWith("-X"))
                .toList();
    }

    /** The environment, with a made-up value for what the cluster would put in. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : container().get("env")) {
            String name = variable.get("name").asText();
            environment.put(name, variable.path("value").asText("made-up"));
        }
        return environment;
    }

    long memoryBytes() {
        return DataSize.parse(
                        container().at("/resources/limits/memory").asText().replace("Mi", "MiB"))
                .toBytes();
    }

    long user() {
        return pod.at("/securityContext/runAsUser").asLong();
    }

    int gracePeriodSeconds() {
        return pod.get("terminationGracePeriodSeconds").asInt();
    }

    /** The paths of the probes. */
    List<String> probes() {
        List<String> paths = new ArrayList<>();
        for (JsonNode probe : container().findValues("httpGet")) {
            paths.add(probe.get("path").asText());
        }
        return paths.stream().distinct().toList();
    }
}
