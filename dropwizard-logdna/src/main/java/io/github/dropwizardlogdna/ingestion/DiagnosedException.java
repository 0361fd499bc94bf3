package io.github.dropwizardlogdna.ingestion;

import java.io.IOException;

/** A failure that was diagnosed where it occurred. */
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
