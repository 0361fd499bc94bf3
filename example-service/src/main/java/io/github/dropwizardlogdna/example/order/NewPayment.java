package io.github.dropwizardlogdna.example.order;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** How a customer pays: the token by which the payment provider knows the card. */
public record NewPayment(@NotBlank @Size(max = 100) String token) {

    /** Without the token, which is worth money and must not get into a log. */
    @Override
    public String toString() {
        return "NewPayment";
    }
}
