package io.github.dropwizardlogdna.ingestion;

import java.io.IOException;
import java.net.SocketTimeoutException;

/**
 * There is no connection, so that nothing was sent; the cause tells why.
 *
 * <p>It is a time-out by type, because that is what Jersey's connector hands on as it is. After any other IOException it
 * asks the JDK for the status, and the JDK connects a second time.
 */
final class NotSentException extends SocketTimeoutException {

    NotSentException(IOException cause) {
        super("not sent");
        initCause(cause);
    }
}
