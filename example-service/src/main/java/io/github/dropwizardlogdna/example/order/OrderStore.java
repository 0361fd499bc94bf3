package io.github.dropwizardlogdna.example.order;

import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keeps the orders in memory instead of a database. Thread-safe. */
public final class OrderStore {

    private final int maxOrders;
    private final Map<UUID, Order> orders = new ConcurrentHashMap<>();
    private final Queue<UUID> oldestFirst = new ConcurrentLinkedQueue<>();

    public OrderStore(int maxOrders) {
        this.maxOrders = maxOrders;
    }

    void add(Order order) {
        orders.put(order.id(), order);
        oldestFirst.add(order.id());
        while (orders.size() > maxOrders) {
            UUID oldest = oldestFirst.poll();
            if (oldest == null) {
                return;
            }
            orders.remove(oldest);
        }
    }

    Optional<Order> find(UUID id) {
        return Optional.ofNullable(orders.get(id));
    }

    /** Replaces an order by a changed one; returns false if another thread has changed it meanwhile. */
    boolean replace(Order current, Order next) {
        return orders.replace(current.id(), current, next);
    }
}
