package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.Authenticator;
import java.net.PasswordAuthentication;

/**
 * Gives a proxy what the JVM's own authenticator has for it, and the endpoint nothing: the key is the only way in which
 * a request identifies itself. Having an authenticator of its own also keeps a connection from credentials that other
 * code of this JVM has used for the same host.
 */
final class ProxyCredentialsOnly extends Authenticator {

    @Override
    @Nullable
    protected PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
            return null;
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
