package io.github.dropwizardlogdna.example;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.constraints.Min;

/** The options of {@code config.yml} in addition to Dropwizard's. */
public final class OrderConfiguration extends Configuration {

    @Min(1)
    @JsonProperty
    private int maxOrders = 10_000;

    /** The most orders kept in memory; a further one removes the oldest. */
    public int getMaxOrders() {
        return maxOrders;
    }
}
