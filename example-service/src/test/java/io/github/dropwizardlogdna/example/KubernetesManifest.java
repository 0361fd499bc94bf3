package io.github.dropwizardlogdna.example;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The manifest that users copy, {@code kubernetes.yml}. */
record KubernetesManifest(List<JsonNode> objects) {

    static final String CONFIG = "config.yml";

    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION));

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(:-[^}]*)?}");

    static KubernetesManifest read() throws IOException {
        try (JsonParser parser = YAML.getFactory().createParser(Files.readString(Path.of("kubernetes.yml")))) {
            return new KubernetesManifest(
                    YAML.readValues(parser, JsonNode.class).readAll());
        }
    }

    JsonNode object(String kind) {
        return objects.stream()
                .filter(object -> object.get("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    JsonNode podTemplate() {
        return object("Deployment").at("/spec/template");
    }

    JsonNode pod() {
        return podTemplate().get("spec");
    }

    JsonNode container() {
        return pod().at("/containers/0");
    }

    /** The configuration file of the service, as it is mounted. */
    String config() {
        return object("ConfigMap").at("/data").get(CONFIG).asText();
    }

    JsonNode parsedConfig() throws IOException {
        return YAML.readTree(config());
    }

    /** All appenders of type logdna, wherever they stand. */
    List<JsonNode> appenders() throws IOException {
        return parsedConfig().findValues("appenders").stream()
                .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                .filter(appender -> appender.get("type").asText().equals("logdna"))
                .toList();
    }

    /** The variables that the configuration names. */
    Set<String> variablesRead() {
        return VARIABLE.matcher(config())
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The container's environment: by name, its value or where it comes from. */
    Map<String, JsonNode> environment() {
        Map<String, JsonNode> environment = new LinkedHashMap<>();
        for (JsonNode variable : container().get("env")) {
            environment.put(variable.get("name").asText(), variable);
        }
        return environment;
    }
}
