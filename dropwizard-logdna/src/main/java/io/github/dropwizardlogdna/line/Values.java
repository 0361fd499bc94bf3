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
 * What a program logs, as what a field holds: a {@code String}, a {@code Boolean}, or a {@code Number} whose
 * {@code toString} is a JSON number. Every text of an event comes through here.
 */
final class Values {

    /** The words of SLF4J's MessageFormatter, so that an argument and a field look alike. */
    static final String FAILED = "[FAILED toString()]";

    /** Up to here toString takes microseconds; beyond, it soon takes seconds. */
    private static final int MAX_BITS = 2048;

    private Values() {}

    /** The value of a field, or null for one that is left out: null, NaN, an infinity. */
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

    /** A text, whatever its {@code toString} does. */
    static String text(@Nullable Object value) {
        try {
            String text = value instanceof String string ? string : String.valueOf(value);
            return text == null ? "null" : text;
        } catch (Throwable e) {
            throwIfFatal(e);
            return FAILED;
        }
    }

    /** Throws what is not the value's fault; where the stack ended, the value may have been too deep. */
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
        // Not instanceof: a subclass could print anything.
        if (number.getClass() == BigInteger.class) {
            return big(number, ((BigInteger) number).bitLength());
        }
        if (number.getClass() == BigDecimal.class) {
            return big(number, ((BigDecimal) number).unscaledValue().bitLength());
        }
        // What counts: its value now, as it may change until it is written.
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

    /** As a number only within the range of a double, which is what readers of JSON make of it. */
    private static Object big(Number number, int bits) {
        if (bits > MAX_BITS) {
            return "[" + number.getClass().getSimpleName() + " of " + bits + " bits]";
        }
        double nearest = number.doubleValue();
        return Double.isFinite(nearest) && (nearest != 0 || bits == 0) ? number : text(number);
    }
}
