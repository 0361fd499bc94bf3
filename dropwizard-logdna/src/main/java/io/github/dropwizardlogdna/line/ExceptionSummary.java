package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;

/** An exception as it appears in {@code meta}. */
record ExceptionSummary(String className, @Nullable String message) {

    /** Without the message, which may hold anything. */
    @Override
    public String toString() {
        return "ExceptionSummary[" + className + "]";
    }
}
