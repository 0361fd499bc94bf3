package io.github.dropwizardlogdna.benchmarks.service;

import io.github.dropwizardlogdna.benchmarks.Traffic;
import io.github.dropwizardlogdna.benchmarks.receiver.Marks;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes an order: five lines, with two entries in the MDC, arguments and key-value pairs; one request in 100 logs an
 * exception.
 */
@Path("/orders")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public final class OrderResource {

    static final int LINES_A_REQUEST = 5;

    private static final int EXCEPTION_EVERY = 100;
    private static final Logger API = LoggerFactory.getLogger("com.example.api.OrderResource");
    private static final Logger STOCK = LoggerFactory.getLogger("com.example.stock.StockService");
    private static final Logger PAYMENTS = LoggerFactory.getLogger("com.example.payments.PaymentClient");
    private static final Logger ORDERS = LoggerFactory.getLogger("com.example.orders.OrderService");
    private static final Logger MAIL = LoggerFactory.getLogger("com.example.mail.Mailer");

    private final AtomicLong requests = new AtomicLong();
    private volatile long firstCallNanos;
    private volatile long firstLinesNanos;

    /** An article in an order. */
    public record Item(String article, int quantity, double price) {}

    /** What the client sends. */
    public record NewOrder(String customer, List<Item> items) {}

    /** What it gets. */
    public record Order(String id, String customer, String status, double total, List<Item> items) {}

    @POST
    public Order create(NewOrder order, @HeaderParam("User-Agent") String agent) {
        MDC.put(Traffic.REQUEST, UUID.randomUUID().toString());
        MDC.put(Traffic.USER, token());
        try {
            return requests.getAndIncrement() == 0 ? createFirst(order, agent) : logged(order, agent);
        } finally {
            MDC.clear();
        }
    }

    /** The first request finds nothing compiled, and the appender's classes not yet loaded. */
    private Order createFirst(NewOrder order, String agent) {
        long start = System.nanoTime();
        ORDERS.info("Takes orders from now on, for {} " + Marks.LINE, order.customer());
        long afterCall = System.nanoTime();
        firstCallNanos = afterCall - start;
        Order created = logged(order, agent);
        firstLinesNanos = System.nanoTime() - afterCall;
        return created;
    }

    private Order logged(NewOrder order, String agent) {
        double total = order.items().stream()
                .mapToDouble(item -> item.quantity() * item.price())
                .sum();
        String id = UUID.randomUUID().toString();
        API.info(
                "POST /orders with {} items from {}, session {} " + Marks.LINE,
                order.items().size(),
                agent,
                token());
        STOCK.atInfo()
                .addKeyValue("article", order.items().get(0).article())
                .addKeyValue("quantity", order.items().get(0).quantity())
                .addKeyValue("lock", token())
                .log("Reserved the articles of the order " + Marks.LINE);
        if (ThreadLocalRandom.current().nextInt(EXCEPTION_EVERY) == 0) {
            PAYMENTS.warn(
                    "Could not take payment for order {} at once " + Marks.LINE,
                    id,
                    new IllegalStateException("payment " + token(), new IllegalStateException("Read timed out")));
        } else {
            PAYMENTS.info("Payment {} of {} EUR authorised, reference {} " + Marks.LINE, id, total, token());
        }
        ORDERS.atInfo()
                .addKeyValue("order", id)
                .addKeyValue("total", total)
                .addKeyValue("customer", order.customer())
                .log("Order created " + Marks.LINE);
        MAIL.info("Confirmation {} for order {} queued as {} " + Marks.LINE, token(), id, token());
        return new Order(id, order.customer(), "created", total, order.items());
    }

    private static String token() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1L << 60), 36);
    }

    long requests() {
        return requests.get();
    }

    long firstCallNanos() {
        return firstCallNanos;
    }

    long firstLinesNanos() {
        return firstLinesNanos;
    }
}
