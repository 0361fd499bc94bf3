package io.github.dropwizardlogdna.ingestion;

import java.io.IOException;

/** A fault that was understood where it was found. */
final class DiagnosedException extends IOException {

    private final transient Diagnosis diagnosis;

    DiagnosedException(Diagnosis diagnosis) {
        super(diagnosis.reason());
        this.diagnosis = diagnosis;
    }

    Diagnosis diagnosis() {
        return diagnosis;
    }
}
