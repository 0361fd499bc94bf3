package io.github.dropwizardlogdna.example.order;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** A payment, with the token that identifies the card at the payment provider. */
public record NewPayment(@NotBlank @Size(max = 100) String token) {

    /** Leaves out the token, which is worth money and must not be logged. */
    @Override
    public String toString() {
        return "NewPayment";
    }
}
