package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A project that is new to the library, with the test of its logging that docs/testing.md shows. */
final class FirstTest {
    private static final Path REPORT =
            Path.of("target", "surefire-reports", "TEST-com.example.greeting.GreetingTest.xml");
    private static final Pattern ONE_TEST =
            Pattern.compile("<testsuite [^>]*\\btests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\"", Pattern.DOTALL);

    private final Maven maven;
    private final Path source;
    private final Path target;
    private final String libraryVersion;

    FirstTest(Maven maven, Path source, Path target, String libraryVersion) {
        this.maven = maven;
        this.source = source;
        this.target = target;
        this.libraryVersion = libraryVersion;
    }

    /** Returns why the project's one test did not pass; an empty list if it did. */
    List<String> problems(String dropwizard) throws InterruptedException {
        try {
            Path directory = target.resolve(dropwizard + "-first-test");
            Consumer.copy(source, directory);
            List<String> arguments = new ArrayList<>(List.of("-q", "clean", "test"));
            arguments.addAll(Consumer.settings(dropwizard, List.of(), libraryVersion));
            maven.run(directory, arguments);
            String report = Files.readString(directory.resolve(REPORT));
            Matcher oneTest = ONE_TEST.matcher(report);
            return oneTest.find()
                    ? List.of()
                    : List.of("The first test did not run: "
                            + report.lines().limit(4).toList());
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
