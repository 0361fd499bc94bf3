package io.github.dropwizardlogdna.example.order;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.util.UUID;

/**
 * Simulates a payment provider on the network. It accepts every token except {@code declined} and {@code unreachable}; for
 * the latter it fails as if the provider were down.
 */
public final class SimulatedPaymentProvider implements PaymentProvider {

    @Override
    public void charge(UUID orderId, BigDecimal amount, String token)
            throws PaymentDeclinedException, PaymentProviderException {
        try {
            request(token);
        } catch (IOException e) {
            throw new PaymentProviderException("The payment provider did not take order " + orderId, e);
        }
    }

    private static void request(String token) throws IOException, PaymentDeclinedException {
        switch (token) {
            case "declined" -> throw new PaymentDeclinedException("insufficient funds");
            case "unreachable" -> throw new ConnectException("Connection refused: payments.example.com:443");
            default -> {}
        }
    }
}
