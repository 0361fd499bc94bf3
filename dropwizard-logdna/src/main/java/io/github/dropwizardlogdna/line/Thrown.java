package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;

/** What {@code meta} says of an exception. */
record Thrown(String className, @Nullable String message) {

    /** Without the message, which is the program's. */
    @Override
    public String toString() {
        return "Thrown[" + className + "]";
    }
}
