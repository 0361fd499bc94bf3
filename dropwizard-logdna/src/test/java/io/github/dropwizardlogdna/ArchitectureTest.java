package io.github.dropwizardlogdna;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** An event goes one way: appender, line, shipping, ingestion. Nothing points back up. */
@AnalyzeClasses(packages = "io.github.dropwizardlogdna", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.github.dropwizardlogdna";

    @ArchTest
    static final ArchRule eventsGoOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("appender")
            .definedBy(ROOT)
            .layer("line")
            .definedBy(ROOT + ".line..")
            .layer("shipping")
            .definedBy(ROOT + ".shipping..")
            .layer("ingestion")
            .definedBy(ROOT + ".ingestion..")
            .whereLayer("appender")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("line")
            .mayOnlyBeAccessedByLayers("appender")
            .whereLayer("shipping")
            .mayOnlyBeAccessedByLayers("appender")
            .whereLayer("ingestion")
            .mayOnlyBeAccessedByLayers("appender", "shipping");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

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
            .resideInAnyPackage(ROOT + ".line..", ROOT + ".shipping..", ROOT + ".ingestion..")
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
