package io.github.dropwizardlogdna.config;

import java.util.Map;

/** Options with rules that go beyond the constraints of single fields. */
public interface CheckedOptions {

    /**
     * Returns the problems by the path of the option, below that of the appender: what is allowed and, if it isn't
     * obvious, the remedy. Never contains the value of a secret.
     */
    Map<String, String> problems();

    /** Whether the appender needs a default name. */
    boolean needsDefaultName();
}
