package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Installs the library, then builds and runs each combination and prints its row. Arguments select the combinations with
 * all of these texts in their row; {@code dropwizard=VERSION} tries a version that is not among them, in the same ways as
 * {@link #MODEL}, and {@code first-test} runs nothing but the test of a new project. Run in the project's root directory.
 */
public final class Compatibility {
    /** The version whose ordinary combinations another version is tried in. */
    private static final String MODEL = "4.0.17";

    private static final String OTHER = "dropwizard=";
    private static final String FIRST_TEST = "first-test";

    /** The versions that the dependency rules and the first test are tried with. */
    private static final List<String> NEWEST = List.of("5.0.2", "4.0.17");

    private final Path target = Path.of("compatibility", "target").toAbsolutePath();
    private final Path source = Path.of("compatibility", "service").toAbsolutePath();
    private final Maven maven = new Maven(target.resolve("repository"));
    private final String version;
    private int passed;
    private int failed;

    private Compatibility(String version) {
        this.version = version;
    }

    public static void main(String[] arguments) throws Exception {
        String version = Compatibility.class.getPackage().getImplementationVersion();
        if (version == null || !Files.isDirectory(Path.of("compatibility", "service"))) {
            throw new IllegalStateException("Run compatibility/run, or this jar in the project's root directory");
        }
        System.exit(new Compatibility(version).run(List.of(arguments)) ? 0 : 1);
    }

    private boolean run(List<String> wanted) throws IOException, InterruptedException, GeneralSecurityException {
        boolean firstTestOnly = wanted.equals(List.of(FIRST_TEST));
        List<Combination> combinations = firstTestOnly ? List.of() : selected(wanted);
        installLibrary();
        Run run = new Run(Jdks.ofThisMachine(), Certificate.make(target));
        Path builds = target.resolve("builds");
        Consumer.Builds consumers = new Consumer.Builds(maven, source, builds, version);

        System.out.println(Table.head());
        for (Combination combination : combinations) {
            Run.Result result = tried(run, consumers, combination);
            System.out.println(Table.row(combination, result.cell()));
            count(result.problems());
        }
        System.out.println();
        if (wanted.isEmpty()) {
            checkRules(new DependencyRules(maven, source, builds, version));
        }
        if (wanted.isEmpty() || firstTestOnly) {
            runFirstTest(
                    new FirstTest(maven, Path.of("compatibility", FIRST_TEST).toAbsolutePath(), builds, version));
        }
        System.out.println(passed + " passed, " + failed + " failed");
        return failed == 0 && passed > 0;
    }

    private static List<Combination> selected(List<String> wanted) throws IOException {
        Predicate<Combination> selection = combination -> true;
        Optional<String> other = Optional.empty();
        for (String text : wanted) {
            if (text.startsWith(OTHER)) {
                other = Optional.of(text.substring(OTHER.length()));
                selection = selection.and(combination -> combination.isOrdinary(MODEL));
            } else {
                selection =
                        selection.and(combination -> Table.row(combination, "").contains(text));
            }
        }
        List<Combination> selected = Combination.read(Path.of("compatibility", "combinations.yml")).stream()
                .filter(selection)
                .toList();
        other.ifPresent(version -> selected.forEach(combination -> combination.dropwizard = version));
        return selected;
    }

    /** A combination that can't be built or run has failed; the others still run. */
    private static Run.Result tried(Run run, Consumer.Builds consumers, Combination combination)
            throws InterruptedException {
        try {
            Consumer consumer = consumers.of(combination);
            return run.of(combination, consumer, consumer.newRunDirectory());
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return new Run.Result("could not be tried", List.of(String.valueOf(e.getMessage())));
        }
    }

    private void checkRules(DependencyRules rules) throws IOException, InterruptedException {
        for (String dropwizard : NEWEST) {
            Set<String> added = rules.added(dropwizard);
            System.out.println("Dependency rules on Dropwizard " + dropwizard + ": " + added.size()
                    + " findings more than without the library");
            count(new ArrayList<>(added));
        }
    }

    private void runFirstTest(FirstTest test) throws InterruptedException {
        for (String dropwizard : NEWEST) {
            List<String> problems = test.problems(dropwizard);
            System.out.println("A new project's test with local-logdna on Dropwizard " + dropwizard + ": "
                    + (problems.isEmpty() ? "passes" : "fails"));
            count(problems);
        }
    }

    private void count(List<String> problems) {
        if (problems.isEmpty()) {
            passed++;
        } else {
            failed++;
            problems.forEach(problem -> System.err.println("  FAILED: " + problem));
        }
    }

    private void installLibrary() throws IOException, InterruptedException {
        String home = System.getProperty("user.home");
        LocalRepository.seed(target.resolve("repository"), Path.of(home, ".m2", "repository"));
        maven.run(
                Path.of("").toAbsolutePath(),
                List.of(
                        "-q",
                        "-pl",
                        "dropwizard-logdna,local-logdna",
                        "-am",
                        "install",
                        "-DskipTests",
                        "-Dmaven.javadoc.skip",
                        "-Dspotless.check.skip"));
    }
}
