package io.github.dropwizardlogdna.example.order;

/** The payment provider could not be asked. */
public final class PaymentProviderException extends Exception {

    PaymentProviderException(String message, Throwable cause) {
        super(message, cause);
    }
}
