package io.github.dropwizardlogdna.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies shown in package-info.java, and no further libraries for the class path of a service's tests. */
@AnalyzeClasses(packagesOf = IngestionEndpoint.class, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule POINTS_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("local")
            .definedBy("io.github.dropwizardlogdna.local")
            .layer("ingestion")
            .definedBy("..local.ingestion")
            .layer("tail")
            .definedBy("..local.tail")
            .layer("http")
            .definedBy("..local.http")
            .whereLayer("local")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("ingestion")
            .mayOnlyBeAccessedByLayers("local")
            .whereLayer("tail")
            .mayOnlyBeAccessedByLayers("local");

    @ArchTest
    static final ArchRule NEEDS_NO_MORE_THAN_JACKSON = noClasses()
            .that()
            .doNotBelongToAnyOf(LocalLogDna.class)
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "java..", "com.fasterxml.jackson..", "jakarta.annotation..", "io.github.dropwizardlogdna.local..");
}
