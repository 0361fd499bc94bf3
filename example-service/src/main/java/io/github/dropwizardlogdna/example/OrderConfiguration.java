package io.github.dropwizardlogdna.example;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.constraints.Min;

/** What {@code config.yml} may hold beside Dropwizard's own options. */
public final class OrderConfiguration extends Configuration {

    @Min(1)
    @JsonProperty
    private int maxOrders = 10_000;

    /** The most orders kept in memory; beyond it the oldest is forgotten. */
    public int getMaxOrders() {
        return maxOrders;
    }
}
