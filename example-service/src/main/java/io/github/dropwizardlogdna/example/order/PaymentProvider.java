package io.github.dropwizardlogdna.example.order;

import java.math.BigDecimal;
import java.util.UUID;

/** Charges a customer. */
public interface PaymentProvider {

    void charge(UUID orderId, BigDecimal amount, String token)
            throws PaymentDeclinedException, PaymentProviderException;
}
