package io.github.dropwizardlogdna.local.http;

/** The decision about a request, made when its head has arrived. */
public sealed interface Plan {

    /** Read the body without keeping it, then answer. */
    record Answer(Response response) implements Plan {}

    /** Keep the body and pass it on when it is complete; a larger body is refused with 413. */
    record Receive(int maxBytes, Receiver receiver) implements Plan {}

    /** Send the source's bytes until the client closes the connection. */
    record Stream(Response head, EventSource source) implements Plan {}

    /** Handles a complete request. Called by a worker thread. */
    @FunctionalInterface
    interface Receiver {

        void received(RequestHead head, Body body, Exchange exchange);
    }
}
