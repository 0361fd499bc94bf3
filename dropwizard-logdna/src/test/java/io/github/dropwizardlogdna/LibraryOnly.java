package io.github.dropwizardlogdna;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Leaves out the tests and local-logdna, which is in a package below that of the library. */
final class LibraryOnly implements ImportOption {

    private final ImportOption noTests = new DoNotIncludeTests();

    @Override
    public boolean includes(Location location) {
        return noTests.includes(location) && !location.contains("/io/github/dropwizardlogdna/local/");
    }
}
