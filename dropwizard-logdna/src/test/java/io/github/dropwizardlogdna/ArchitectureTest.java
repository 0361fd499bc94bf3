package io.github.dropwizardlogdna;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An event goes one way: appender, line, shipping, ingestion. No dependency points back. */
@AnalyzeClasses(packages = "io.github.dropwizardlogdna", importOptions = LibraryOnly.class)
class ArchitectureTest {

    private static final String ROOT = "io.github.dropwizardlogdna";

    private static final Pattern ROW =
            Pattern.compile("\\| `?(?<package>[a-z]+)`? \\| [^|]+ \\| (?<uses>[^|]*)\\| [^|]*\\|");

    /** The table of docs/architecture.md has the dependencies between packages: no more, no less. */
    @ArchTest
    static void theDocumentHasTheDependencies(JavaClasses classes) throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        Files.readAllLines(Path.of("..", "docs", "architecture.md")).stream()
                .dropWhile(line -> !line.equals("## Packages"))
                .takeWhile(line -> !line.equals("## Threads"))
                .map(ROW::matcher)
                .filter(row -> row.matches() && !row.group("package").equals("package"))
                .forEach(row -> documented.put(row.group("package"), names(row.group("uses"))));

        Map<String, Set<String>> actual = new TreeMap<>();
        for (JavaClass type : classes) {
            Set<String> uses = actual.computeIfAbsent(name(type), key -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(used -> used.getPackageName().startsWith(ROOT))
                    .map(ArchitectureTest::name)
                    .filter(used -> !used.equals(name(type)))
                    .forEach(uses::add);
        }

        assertThat(documented).isEqualTo(actual);
    }

    private static Set<String> names(String cell) {
        return Stream.of(cell.split("[`, ]+"))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(JavaClass type) {
        return type.getPackageName().equals(ROOT)
                ? "root"
                : type.getPackageName().substring(ROOT.length() + 1).split("\\.")[0];
    }

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    /** Nested classes belong to their outer class. */
    @ArchTest
    static final ArchRule classesOfTheRootHaveNoCycles = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return type.getPackageName().equals(ROOT)
                            ? SliceIdentifier.of(type.getName().split("\\$", 2)[0])
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "classes of the root package";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule linesKnowNoThreadsAndNoHttp = noClasses()
            .that()
            .resideInAPackage(ROOT + ".line..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "jakarta.ws.rs..", "org.glassfish.jersey..", "java.util.concurrent")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    @ArchTest
    static final ArchRule shippingKnowsNoLogbackNoHttpAndNoWallClock = noClasses()
            .that()
            .resideInAPackage(ROOT + ".shipping..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "ch.qos.logback..",
                    "org.slf4j..",
                    "io.dropwizard..",
                    "jakarta.ws.rs..",
                    "org.glassfish.jersey..",
                    "java.net..")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant");

    @ArchTest
    static final ArchRule ingestionKnowsNoLogback = noClasses()
            .that()
            .resideInAPackage(ROOT + ".ingestion..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ch.qos.logback..", "org.slf4j..", "io.dropwizard..");

    /** A virtual thread that blocks in a monitor pins its carrier. */
    @ArchTest
    static final ArchRule nothingIsSynchronized = com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods()
            .should()
            .haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule classesOfTheCoreAreFinal = classes()
            .that()
            .resideInAnyPackage(ROOT + ".(*)..")
            .and()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule nobodyLogsPastSlf4j = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}
