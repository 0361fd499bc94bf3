package io.github.dropwizardlogdna.example.order;

/** The payment provider has declined the payment. */
public final class PaymentDeclinedException extends Exception {

    PaymentDeclinedException(String reason) {
        super(reason);
    }
}
