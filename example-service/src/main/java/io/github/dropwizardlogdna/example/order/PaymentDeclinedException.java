package io.github.dropwizardlogdna.example.order;

/** The payment provider answered, and said no. */
public final class PaymentDeclinedException extends Exception {

    PaymentDeclinedException(String reason) {
        super(reason);
    }
}
