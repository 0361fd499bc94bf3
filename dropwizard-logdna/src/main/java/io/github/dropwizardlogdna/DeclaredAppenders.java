package io.github.dropwizardlogdna;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The appenders that Dropwizard has validated as part of a configuration and not built yet: those of {@code logging} and
 * of the request log. It builds those of {@code logging.loggers} first, and has never validated them; so that they do not
 * take the names of the others, they ask here. Any thread.
 */
final class DeclaredAppenders {

    /** Weak, because a configuration may be validated and never used. */
    private static final Set<LogDnaAppenderFactory<?>> DECLARED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private DeclaredAppenders() {}

    static void add(LogDnaAppenderFactory<?> factory) {
        DECLARED.add(factory);
    }

    static boolean contains(LogDnaAppenderFactory<?> factory) {
        return DECLARED.contains(factory);
    }

    static void remove(LogDnaAppenderFactory<?> factory) {
        DECLARED.remove(factory);
    }

    /** Forgets what belongs to other applications: one begins to read its configuration. */
    static void clear() {
        DECLARED.clear();
    }

    /** Whether one of them will have a default name. */
    static boolean needDefaultName() {
        synchronized (DECLARED) {
            return DECLARED.stream().anyMatch(LogDnaAppenderFactory::needsDefaultName);
        }
    }
}
