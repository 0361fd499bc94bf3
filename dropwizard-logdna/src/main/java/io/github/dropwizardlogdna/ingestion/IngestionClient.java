package io.github.dropwizardlogdna.ingestion;

/**
 * Sends bodies to the ingestion endpoint, one at a time.
 *
 * <p>{@link #send} and {@link #close} belong to one thread, the sender's; {@link #cutOff} and {@link #cutOffIfOverdue}
 * may be called by any.
 */
public interface IngestionClient extends AutoCloseable {

    /** What {@link #cutOffIfOverdue} answers when there is nothing to watch. */
    long NOTHING_IN_FLIGHT = Long.MAX_VALUE;

    /**
     * Sends one body, at most once, and waits for what becomes of it. Whatever the network or the endpoint does is told
     * by the verdict, never by an exception. Connecting and each single read are bounded by time-outs; the request as a
     * whole (an answer may drip a byte a second, a server may never read) only by {@link #cutOffIfOverdue}, which
     * another thread has to call.
     *
     * <p>The verdict is known when the head of the answer was read: what becomes of its body then does not matter,
     * except with a 207.
     */
    Verdict send(Body body);

    /**
     * Ends the request in flight if it is taking longer than allowed. Never blocks.
     *
     * @return after how many nanoseconds to ask again, more than zero; {@link #NOTHING_IN_FLIGHT} where no request is
     *     under way, or the one that was has just been cut off
     */
    long cutOffIfOverdue();

    /**
     * Ends the request in flight, if there is one: its {@link #send} returns soon, with {@link Outcome#RETRY} unless the
     * verdict was known already. Never blocks. Never reaches a later request.
     */
    void cutOff();

    /** Releases the connection. Does not end a request: see {@link #cutOff}. */
    @Override
    void close();
}
