package io.github.dropwizardlogdna.example.order;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what was done to which order, for auditors. Its logger has a name of its own instead of a class name, so that
 * {@code config.yml} can route it to a separate app.
 */
final class AuditTrail {

    private static final Logger LOGGER = LoggerFactory.getLogger("orders.audit");

    private AuditTrail() {}

    static void placed(Order order) {
        add("placed", order);
    }

    static void paid(Order order) {
        add("paid", order);
    }

    private static void add(String action, Order order) {
        LOGGER.atInfo()
                .addKeyValue("action", action)
                .addKeyValue("orderId", order.id())
                .addKeyValue("customer", order.customer())
                .addKeyValue("total", order.total())
                .log("An order was {}", action);
    }
}
