package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The jar and the POM as they are published. */
class PublishedJarIT {

    private static final Path JAR = Path.of(System.getProperty("jar"));
    private static final Path SOURCES = Path.of(System.getProperty("sources.jar"));
    private static final Path POM = Path.of(System.getProperty("published.pom"));
    private static final Path OLD_RE2J = Path.of(System.getProperty("old.re2j"));

    @Test
    void holdsNoClassUnderTheNameOfAnotherProject() throws IOException {
        assertThat(entries(JAR))
                .filteredOn(entry -> entry.endsWith(".class"))
                .isNotEmpty()
                .allMatch(entry -> entry.startsWith("io/github/dropwizardlogdna/"));
    }

    @Test
    void holdsTheLicencesOfAllThatIsInIt() throws IOException {
        for (Path jar : List.of(JAR, SOURCES)) {
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/NOTICE")).contains("RE2/J", "The Go Authors", "HttpComponents");
        }
    }

    @Test
    void needsOnlyClassesThatTheServiceProvides() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(POM.toFile());
        NodeList dependencies = pom.getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (dependency.getParentNode().getParentNode().getNodeName().equals("project")) {
                assertThat(child(dependency, "scope"))
                        .as(child(dependency, "artifactId"))
                        .isIn("provided", "test");
            }
        }
        assertThat(dependencies.getLength()).isPositive();
    }

    @Test
    void redactsWithItsOwnRe2jIfAnotherIsFirstOnTheClassPath(@TempDir Path directory) throws Exception {
        String classPath = Stream.concat(
                        Stream.of(OLD_RE2J.toString(), JAR.toString()),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !entry.equals(JAR.toString()))
                                .filter(entry -> !entry.endsWith("target" + File.separator + "classes")))
                .collect(Collectors.joining(File.pathSeparator));
        try (LocalLogDna endpoint = LocalLogDna.start();
                ChildJvm child = ChildJvm.start(
                        Files.createDirectories(directory.resolve("streams")),
                        classPath,
                        List.of(),
                        KilledProgram.class,
                        "{\"type\": \"logdna\", \"ingestionKey\": \"" + endpoint.ingestionKey() + "\", \"endpoint\": \""
                                + endpoint.url() + "\", \"redact\": [\"[6-9]$\"]}",
                        "0",
                        "10")) {
            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(endpoint.lines().meta("logger", "killed").texts())
                    .containsExactly(
                            "0", "1", "2", "3", "4", "5", "[REDACTED]", "[REDACTED]", "[REDACTED]", "[REDACTED]");
        }
    }

    private static String child(Element parent, String name) {
        NodeList children = parent.getElementsByTagName(name);
        return children.getLength() == 0 ? "" : children.item(0).getTextContent();
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(Object::toString).toList();
        }
    }

    private static String text(Path jar, String entry) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return new String(file.getInputStream(file.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
