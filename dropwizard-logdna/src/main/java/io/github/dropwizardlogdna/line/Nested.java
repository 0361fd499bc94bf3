package io.github.dropwizardlogdna.line;

import java.util.Collection;
import java.util.Map;

/**
 * A map, a collection or an array that the program logged, as JSON: it ships whole or not at all.
 *
 * @param json not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Nested(byte[] json) {

    /** Whether a value holds other values. An array of characters is a text. */
    static boolean isNested(Object value) {
        // First the usual classes: to find out that a class does not implement an interface takes long.
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return false;
        }
        return value instanceof Map
                || value instanceof Collection
                || (value.getClass().isArray() && !(value instanceof char[]));
    }
}
