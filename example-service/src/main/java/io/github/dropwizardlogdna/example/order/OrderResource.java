package io.github.dropwizardlogdna.example.order;

import io.dropwizard.jersey.errors.ErrorMessage;
import io.github.dropwizardlogdna.example.order.Order.Status;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders over HTTP.
 *
 * <p>The data of an order is logged as key-value pairs, not in the message: in LogDNA each becomes a searchable field with
 * its own type ({@code meta.total:>100}), and the message stays the same for every order.
 */
@Path("/orders")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public final class OrderResource {

    private static final Logger LOGGER = LoggerFactory.getLogger(OrderResource.class);

    private final OrderStore orders;
    private final PaymentProvider payments;

    public OrderResource(OrderStore orders, PaymentProvider payments) {
        this.orders = orders;
        this.payments = payments;
    }

    @POST
    public Response place(@NotNull @Valid NewOrder request) {
        Order order = Order.place(request);
        orders.add(order);
        LOGGER.atInfo()
                .addKeyValue("orderId", order.id())
                .addKeyValue("items", order.items().size())
                .addKeyValue("total", order.total())
                .log("Order placed");
        AuditTrail.placed(order);
        return Response.created(UriBuilder.fromResource(OrderResource.class)
                        .path("{id}")
                        .build(order.id()))
                .entity(order)
                .build();
    }

    @GET
    @Path("{id}")
    public Order get(@PathParam("id") UUID id) {
        return orders.find(id).orElseThrow(() -> new NotFoundException("There is no order " + id));
    }

    @POST
    @Path("{id}/payment")
    public Response pay(@PathParam("id") UUID id, @NotNull @Valid NewPayment payment) {
        Order order = get(id);
        Order paying = order.with(Status.PAYING);
        if (order.status() != Status.OPEN || !orders.replace(order, paying)) {
            throw new ClientErrorException("The order is paid already, or is being paid", Response.Status.CONFLICT);
        }
        Order outcome = order;
        try {
            payments.charge(id, order.total(), payment.token());
            outcome = order.with(Status.PAID);
            LOGGER.atInfo()
                    .addKeyValue("orderId", id)
                    .addKeyValue("total", order.total())
                    .log("Order paid");
            AuditTrail.paid(order);
            return Response.ok(outcome).build();
        } catch (PaymentDeclinedException e) {
            LOGGER.atWarn()
                    .addKeyValue("orderId", id)
                    .addKeyValue("reason", e.getMessage())
                    .log("Payment declined");
            return error(Response.Status.PAYMENT_REQUIRED, "The payment was declined");
        } catch (PaymentProviderException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("orderId", id)
                    .addKeyValue("total", order.total())
                    .log("Payment failed");
            return error(Response.Status.BAD_GATEWAY, "The payment provider can't be reached; try again later");
        } finally {
            // Open again after any failure, even an unexpected one.
            orders.replace(paying, outcome);
        }
    }

    private static Response error(Response.Status status, String message) {
        return Response.status(status)
                .entity(new ErrorMessage(status.getStatusCode(), message))
                .build();
    }
}
