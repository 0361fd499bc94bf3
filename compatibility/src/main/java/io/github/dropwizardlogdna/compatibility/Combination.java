package io.github.dropwizardlogdna.compatibility;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An entry of {@code combinations.yml}: how a service is built and started, and what is expected of it. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
final class Combination {
    enum StartedAs {
        @JsonProperty("fat jar")
        FAT_JAR("fat jar"),
        @JsonProperty("class path")
        CLASS_PATH("class path");

        final String words;

        StartedAs(String words) {
            this.words = words;
        }
    }

    enum Expected {
        /** Every line arrives whole. */
        @JsonProperty("works")
        WORKS,
        /** As {@link #WORKS}; and the attached agent has made a span of the service's request, and none of the library's. */
        @JsonProperty("works without spans")
        WORKS_WITHOUT_SPANS,
        /** As {@link #WORKS}; and the service's request ran on a virtual thread that no frame of the library pinned. */
        @JsonProperty("works without pinning")
        WORKS_WITHOUT_PINNING,
        /** The start stops, with a message that names the version found and the versions needed. */
        @JsonProperty("refused")
        REFUSED
    }

    /** What is special, in words for the table. */
    String surroundings = "";

    String dropwizard = "";

    /** What the service's POM imports: {@code dropwizard-bom}, {@code dropwizard-dependencies} or {@code nothing}. */
    String imports = "dropwizard-bom";

    /** Further profiles of the service's POM. */
    List<String> profiles = List.of();

    StartedAs startedAs = StartedAs.CLASS_PATH;

    /** The Java release that runs the service. */
    int java = 17;

    /** The type under {@code server.requestLog}. */
    String requestLog = "logback-access";

    /** The artifact whose jar goes before all others; empty for the POM's order. */
    String firstOnClassPath = "";

    /** Further options of the JVM. Its working directory is a sibling of the build's {@code target}. */
    List<String> jvmOptions = List.of();

    /** Further environment variables of the service. */
    Map<String, String> environment = Map.of();

    /** What logging threads have: {@code own}, {@code null} or {@code foreign}. */
    String contextClassLoader = "own";

    Expected expected = Expected.WORKS;

    static List<Combination> read(Path file) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readValue(file.toFile(), new TypeReference<>() {});
    }

    /** All profiles of the service's POM that the build takes. */
    List<String> mavenProfiles() {
        List<String> all = new ArrayList<>();
        if (!imports.equals("nothing")) {
            all.add(imports);
        }
        all.addAll(profiles);
        return all;
    }

    /** Whether nothing is special but the version. */
    boolean isOrdinary(String version) {
        return dropwizard.equals(version) && surroundings.isEmpty() && imports.equals("dropwizard-bom");
    }

    /** The cells of the table's row, but for the last. */
    List<String> cells() {
        return List.of(
                dropwizard,
                surroundings,
                imports.equals("nothing") ? imports : "`" + imports + "`",
                startedAs.words,
                Integer.toString(java),
                requestLog);
    }
}
