package io.github.dropwizardlogdna.local.http;

/** What becomes of a request whose head has arrived. */
public sealed interface Plan {

    /** Read the body without keeping it, then answer. */
    record Answer(Response response) implements Plan {}

    /** Keep the body, and pass it on when it is whole; a body of more bytes is refused with 413. */
    record Receive(int maxBytes, Receiver receiver) implements Plan {}

    /** Send what the source has, until the client closes the connection. */
    record Stream(Response head, EventSource source) implements Plan {}

    /** Takes a whole request; called by one of the worker threads. */
    @FunctionalInterface
    interface Receiver {

        void received(RequestHead head, Body body, Exchange exchange);
    }
}
