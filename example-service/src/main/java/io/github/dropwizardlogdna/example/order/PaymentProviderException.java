package io.github.dropwizardlogdna.example.order;

/** The request to the payment provider has failed. */
public final class PaymentProviderException extends Exception {

    PaymentProviderException(String message, Throwable cause) {
        super(message, cause);
    }
}
