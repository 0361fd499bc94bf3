package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dropwizard.util.DataSize;
import io.github.dropwizardlogdna.line.LineFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EffectiveOptionsTest {

    private final LogDnaAppenderFactory<ILoggingEvent> factory = new LogDnaAppenderFactory<>();

    @Test
    void aBatchOfTheDefaultSizeMayGrowToAQuarterOfTheBuffer() {
        factory.setBufferSize(DataSize.mebibytes(32));
        assertThat(largestBatch()).isEqualTo(8 << 20);

        factory.setBufferSize(DataSize.mebibytes(64));
        assertThat(largestBatch()).as("the limit of LogDNA").isEqualTo(9 << 20);

        factory.setBufferSize(DataSize.mebibytes(4));
        assertThat(largestBatch()).as("never below the default").isEqualTo(2 << 20);
    }

    @Test
    void aConfiguredBatchSizeLimitsEachBatch() {
        factory.setBufferSize(DataSize.mebibytes(64));
        factory.setBatchSize(DataSize.mebibytes(2));

        assertThat(largestBatch()).isEqualTo(2 << 20);
    }

    /** A blank key would keep out all the others. */
    @Test
    void anEmptyVariableInAListOfMdcKeysIsNoKey() {
        factory.setIncludesMdcKeys(Set.of(" ", "user"));
        factory.setExcludesMdcKeys(Set.of(""));

        LineFormat<ILoggingEvent> format = new EffectiveOptions(factory).lineFormat("orders", null);

        assertThat(format.includesMdcKeys()).containsExactly("user");
        assertThat(format.excludesMdcKeys()).isEmpty();
    }

    private int largestBatch() {
        return new EffectiveOptions(factory).shipping(null).largestBatch();
    }
}
