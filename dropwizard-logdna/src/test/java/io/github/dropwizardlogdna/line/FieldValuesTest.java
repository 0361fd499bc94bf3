package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldValuesTest {

    @Test
    void areTheCurrentValuesOfCounters() {
        AtomicInteger integer = new AtomicInteger(7);
        Object value = FieldValues.of(integer);
        integer.set(8);
        assertThat(value).isEqualTo(7L);
        LongAdder longs = new LongAdder();
        longs.add(9);
        assertThat(FieldValues.of(longs)).isEqualTo(9L);
        DoubleAdder doubles = new DoubleAdder();
        doubles.add(2.5);
        assertThat(FieldValues.of(doubles)).isEqualTo(2.5);
        assertThat(FieldValues.of(new DoubleAccumulator(Math::max, 1.5))).isEqualTo(1.5);
        assertThat(FieldValues.of(new DoubleAccumulator(Math::max, Double.NaN))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.00", "0E-500", "12.50", "1E-300", "-1E+300"})
    void areNumbersWithinTheRangeOfADouble(String digits) {
        BigDecimal number = new BigDecimal(digits);
        assertThat(FieldValues.of(number)).isSameAs(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E-400", "-1E-400", "1E+400", "-1E+400"})
    void areTextsOutsideTheRangeOfADouble(String digits) {
        assertThat(FieldValues.of(new BigDecimal(digits))).isEqualTo(digits);
    }

    @Test
    void showNoDigitsOfANumberOfMoreThan2048Bits() {
        BigInteger largest = BigInteger.TWO.pow(2_048).subtract(BigInteger.ONE);
        assertThat(FieldValues.of(largest)).isEqualTo(largest.toString());
        assertThat(FieldValues.of(largest.add(BigInteger.ONE))).isEqualTo("[BigInteger of 2049 bits]");
        assertThat(FieldValues.of(new BigDecimal(largest, 7))).isNotEqualTo("[BigDecimal of 2048 bits]");
    }

    @Test
    void doNotHideAnErrorOfTheJvm() {
        assertThatThrownBy(() -> FieldValues.text(failing(new OutOfMemoryError())))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> FieldValues.of(failing(new InternalError()))).isInstanceOf(InternalError.class);
        assertThatThrownBy(() -> FieldValues.of(failingCounter(new OutOfMemoryError())))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void areMarksIfTheProgramFails() {
        for (Error error : new Error[] {new StackOverflowError(), new AssertionError(), new NoClassDefFoundError()}) {
            assertThat(FieldValues.text(failing(error))).isEqualTo("[FAILED toString()]");
            assertThat(FieldValues.of(failing(error))).isEqualTo("[FAILED toString()]");
            assertThat(FieldValues.of(failingCounter(error))).isEqualTo("[FAILED toString()]");
        }
    }

    private static Object failing(Error error) {
        return new Object() {
            @Override
            public String toString() {
                throw error;
            }
        };
    }

    private static Number failingCounter(Error error) {
        return new AtomicCounter(error);
    }

    /** Fails where a number is read, before anyone asks for its text. */
    private static final class AtomicCounter extends LongAdder {

        private static final long serialVersionUID = 1;

        private final Error error;

        AtomicCounter(Error error) {
            this.error = error;
        }

        @Override
        public long longValue() {
            throw error;
        }
    }
}
