package io.github.dropwizardlogdna.example.order;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** An immutable order. A changed order replaces it in the {@link OrderStore}. */
public record Order(UUID id, String customer, List<Item> items, BigDecimal total, Status status) {

    /** {@code PAYING} during the request to the payment provider, so that a customer is not charged twice. */
    public enum Status {
        OPEN,
        PAYING,
        PAID
    }

    public Order {
        items = List.copyOf(items);
    }

    static Order place(NewOrder request) {
        BigDecimal total = request.items().stream().map(Item::price).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Order(UUID.randomUUID(), request.customer(), request.items(), total, Status.OPEN);
    }

    Order with(Status newStatus) {
        return new Order(id, customer, items, total, newStatus);
    }
}
