package io.github.dropwizardlogdna.ingestion;

/**
 * Sends request bodies to the ingestion endpoint, one at a time.
 *
 * <p>{@link #send} and {@link #close} are called by one thread, the sender's; any thread may call {@link #cutOff}.
 */
public interface IngestionClient extends AutoCloseable {

    /**
     * Sends one body, at most once, and waits for the response. A fault of the network or the endpoint is a verdict, never
     * an exception. The call returns in time, however slowly the endpoint or a proxy reads or responds: connecting may take
     * {@code connectionTimeout} plus {@code timeout}, and the request {@code timeout} from its first byte on.
     *
     * <p>The verdict depends on the head of the response only, except for a 207. A failure while its body is read does not
     * change it.
     */
    Verdict send(RequestBody body);

    /**
     * Aborts the request in flight, if there is one: its {@link #send} returns soon, with {@link Outcome#RETRY} unless the
     * verdict is already known. Never blocks, and never affects a later request.
     */
    void cutOff();

    /** Releases the connection. Does not abort a request: see {@link #cutOff}. */
    @Override
    void close();
}
