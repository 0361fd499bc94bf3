package io.github.dropwizardlogdna.config;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The appenders that Dropwizard has validated as part of a configuration and not built yet: those of {@code logging} and
 * of the request log. Dropwizard builds the appenders of {@code logging.loggers} first, without validation; this class
 * keeps them from taking the default names of the others. Any thread.
 */
public final class DeclaredAppenders {

    /** Weak references, because a configuration may be validated and never used. */
    private static final Set<CheckedOptions> DECLARED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private DeclaredAppenders() {}

    static void add(CheckedOptions options) {
        DECLARED.add(options);
    }

    /** Whether Dropwizard has validated this appender and not built it. */
    public static boolean contains(CheckedOptions options) {
        return DECLARED.contains(options);
    }

    /** The appender is built. */
    public static void remove(CheckedOptions options) {
        DECLARED.remove(options);
    }

    /** Forgets the appenders of other applications in this JVM. */
    public static void clear() {
        DECLARED.clear();
    }

    /** Whether one of them will get a default name. */
    public static boolean needDefaultName() {
        synchronized (DECLARED) {
            return DECLARED.stream().anyMatch(CheckedOptions::needsDefaultName);
        }
    }
}
