package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Converts logged values to what a field can hold: a {@code String}, a {@code Boolean}, or a {@code Number} whose
 * {@code toString} is a JSON number.
 */
final class FieldValues {

    /** The text of SLF4J's MessageFormatter, so that an argument and a field look alike. */
    static final String FAILED = "[FAILED toString()]";

    /** Up to this size toString takes microseconds; for larger numbers it soon takes seconds. */
    private static final int MAX_BITS = 2048;

    private FieldValues() {}

    /** The value of a field, or null if it is left out: null, NaN, an infinity. */
    @Nullable
    static Object of(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            try {
                return number(number);
            } catch (Throwable e) {
                throwIfFatal(e);
                return FAILED;
            }
        }
        return value instanceof char[] chars ? new String(chars) : text(value);
    }

    /** A value's text; never fails, whatever its {@code toString} does. */
    static String text(@Nullable Object value) {
        try {
            String text = value instanceof String string ? string : String.valueOf(value);
            return text == null ? "null" : text;
        } catch (Throwable e) {
            throwIfFatal(e);
            return FAILED;
        }
    }

    /** Rethrows errors of the JVM, except for a stack overflow, which a deeply nested value may cause. */
    static void throwIfFatal(Throwable e) {
        if (e instanceof VirtualMachineError error && !(e instanceof StackOverflowError)) {
            throw error;
        }
    }

    @Nullable
    private static Object number(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            return number;
        }
        if (number instanceof Double || number instanceof Float) {
            return Double.isFinite(number.doubleValue()) ? number : null;
        }
        // Not instanceof: a subclass may print anything.
        if (number.getClass() == BigInteger.class) {
            return big(number, (BigInteger) number);
        }
        if (number.getClass() == BigDecimal.class) {
            return big(number, ((BigDecimal) number).unscaledValue());
        }
        // The current value, because it may change until it is written.
        if (number instanceof AtomicInteger
                || number instanceof AtomicLong
                || number instanceof LongAdder
                || number instanceof LongAccumulator) {
            return number.longValue();
        }
        if (number instanceof DoubleAdder || number instanceof DoubleAccumulator) {
            return number(number.doubleValue());
        }
        return text(number);
    }

    /** A number only within the range of a double, because that is what JSON parsers convert it to; else a text. */
    private static Object big(Number number, BigInteger unscaled) {
        int bits = unscaled.bitLength();
        if (bits > MAX_BITS) {
            return "[" + number.getClass().getSimpleName() + " of " + bits + " bits]";
        }
        double nearest = number.doubleValue();
        return Double.isFinite(nearest) && (nearest != 0 || unscaled.signum() == 0) ? number : text(number);
    }
}
