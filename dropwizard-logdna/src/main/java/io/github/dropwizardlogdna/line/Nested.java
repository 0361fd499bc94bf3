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
        return value instanceof Map
                || value instanceof Collection
                || (value.getClass().isArray() && !(value instanceof char[]));
    }
}
