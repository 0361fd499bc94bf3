package io.github.dropwizardlogdna.example.order;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was done to which order, for other readers than the log's. It has a logger of its own name rather than that of a
 * class, so that {@code config.yml} can route it, and it alone, to an app of its own.
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
