package io.github.dropwizardlogdna.ingestion;

/**
 * Sends bodies to the ingestion endpoint, one at a time.
 *
 * <p>{@link #send} and {@link #close} belong to one thread, the sender's; {@link #cutOff} may be called by any.
 */
public interface IngestionClient extends AutoCloseable {

    /**
     * Sends one body, at most once, and waits for what becomes of it. A fault of the network or the endpoint is a
     * verdict, never an exception. However slowly the endpoint or a proxy reads or answers, the call returns in time:
     * connecting may take {@code connectionTimeout} and {@code timeout} together, the request {@code timeout} from its
     * first byte on.
     *
     * <p>The verdict is known when the head of the answer was read: what becomes of its body then does not matter,
     * except with a 207.
     */
    Verdict send(Body body);

    /**
     * Ends the request in flight, if there is one: its {@link #send} returns soon, with {@link Outcome#RETRY} unless the
     * verdict was known already. Never blocks. Never reaches a later request.
     */
    void cutOff();

    /** Releases the connection. Does not end a request: see {@link #cutOff}. */
    @Override
    void close();
}
