package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Maven's enforcer finds in the service's dependencies because of the library. */
final class DependencyRules {
    private static final List<String> ENFORCE = List.of(
            "enforcer:enforce",
            "-Denforcer.rules=dependencyConvergence,requireUpperBoundDeps",
            "-Denforcer.fail=false");
    private static final Pattern FINDING =
            Pattern.compile("(?:Dependency convergence error for|Require upper bound dependencies error for) (\\S+)");
    private static final Pattern LIBRARY = Pattern.compile(
            "<dependency>\\s*<groupId>io\\.github\\.dropwizard-logdna</groupId>.*?</dependency>", Pattern.DOTALL);

    private final Maven maven;
    private final Path source;
    private final Path target;
    private final String libraryVersion;

    DependencyRules(Maven maven, Path source, Path target, String libraryVersion) {
        this.maven = maven;
        this.source = source;
        this.target = target;
        this.libraryVersion = libraryVersion;
    }

    /** Findings with the library that Dropwizard alone does not have. */
    Set<String> added(String dropwizard) throws IOException, InterruptedException {
        Path directory = target.resolve(dropwizard + "-rules");
        Consumer.copy(source, directory);
        Set<String> with = findings(directory, dropwizard);
        Path pom = directory.resolve("pom.xml");
        Matcher library = LIBRARY.matcher(Files.readString(pom));
        if (!library.find()) {
            throw new IllegalStateException("The service's POM has no dependency on the library");
        }
        Files.write(pom, library.replaceFirst("").getBytes(StandardCharsets.UTF_8));
        with.removeAll(findings(directory, dropwizard));
        return with;
    }

    private Set<String> findings(Path directory, String dropwizard) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(ENFORCE);
        arguments.addAll(Consumer.settings(dropwizard, List.of("dropwizard-bom"), libraryVersion));
        Matcher finding = FINDING.matcher(maven.run(directory, arguments));
        Set<String> findings = new TreeSet<>();
        while (finding.find()) {
            findings.add(finding.group());
        }
        return findings;
    }
}
