package io.github.dropwizardlogdna.example.order;

import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;

/** One position of an order. */
public record Item(
        @NotBlank @Size(max = 64) String sku,
        @Min(1) @Max(1000) int quantity,

        @NotNull @DecimalMin("0") @Digits(integer = 8, fraction = 2)
        BigDecimal unitPrice) {

    BigDecimal price() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }
}
