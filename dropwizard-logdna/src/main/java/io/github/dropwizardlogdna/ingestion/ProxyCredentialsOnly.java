package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.Authenticator;
import java.net.PasswordAuthentication;

/**
 * Gives a proxy its credentials, those that were configured or else what the JVM's own authenticator has for it, and the
 * endpoint nothing: the key is the only way in which a request identifies itself. Having an authenticator of its own
 * also keeps a connection from credentials that other code of this JVM has used for the same host.
 *
 * <p>Belongs to the sender's thread, on which the JDK asks.
 */
final class ProxyCredentialsOnly extends Authenticator {

    @Nullable
    private final HttpProxy proxy;

    /** Whether the credentials were given for the request under way. */
    private boolean given;

    ProxyCredentialsOnly(@Nullable HttpProxy proxy) {
        this.proxy = proxy;
    }

    /** A request begins: the credentials may be tried again. */
    void begins() {
        given = false;
    }

    @Override
    @Nullable
    protected PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
            return null;
        }
        if (proxy != null && proxy.credentials() != null) {
            // Once: the JDK would try what was refused twenty times, which is enough for an account to be locked.
            boolean again = given;
            given = true;
            return again ? null : proxy.credentials();
        }
        return Authenticator.requestPasswordAuthentication(
                getRequestingHost(),
                getRequestingSite(),
                getRequestingPort(),
                getRequestingProtocol(),
                getRequestingPrompt(),
                getRequestingScheme(),
                getRequestingURL(),
                RequestorType.PROXY);
    }
}
