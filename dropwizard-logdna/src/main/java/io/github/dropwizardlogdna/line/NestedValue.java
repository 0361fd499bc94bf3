package io.github.dropwizardlogdna.line;

import java.util.Collection;
import java.util.Map;

/**
 * A logged map, collection or array as JSON, which ships whole or not at all.
 *
 * @param json must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NestedValue(byte[] json) {

    /** Whether a value contains other values. An array of characters counts as text. */
    static boolean isNested(Object value) {
        // The usual classes first: checking that a class does not implement an interface is slow.
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return false;
        }
        return value instanceof Map
                || value instanceof Collection
                || (value.getClass().isArray() && !(value instanceof char[]));
    }
}
