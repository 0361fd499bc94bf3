package io.github.dropwizardlogdna.ingestion;

/** What a person can do about a request that failed: the one place that has these words. */
public enum Remedy {
    /** There is nothing to do. */
    NONE(""),
    /** A name that nobody knows. */
    HOST_NAME(
            "See whether the host in endpoint is spelled right, and whether this machine, or its container, can look up"
                    + " names."),
    /** No connection. */
    NETWORK("See whether host and port in endpoint are right, and whether a firewall or a missing route keeps this"
            + " machine from them: curl -v tells."),
    /** No answer, or one that says that the endpoint is in trouble or busy. */
    PATIENCE(
            "Nothing, if it passes. If it doesn't, see the endpoint's own status page, and whether a proxy or a firewall"
                    + " holds requests back; where the network is slow, raise connectionTimeout and timeout."),
    /** A connection that was closed without an answer. */
    CLOSED(
            "Nothing, if it passes. If it doesn't, see whether the endpoint speaks TLS at this port (then endpoint must be"
                    + " https), and whether it wants a certificate of this service (tls.keyStorePath)."),
    /** A certificate that is not trusted, or not this host's. */
    TRUST("Put the certificate's issuer into a trust store (keytool -importcert -file ca.pem -keystore trust.p12), and"
            + " name it in tls.trustStorePath. Where the issuer is a surprise, a proxy opens TLS; where the name or the"
            + " date is wrong, endpoint or the server's certificate is."),
    /** TLS failed for another reason. */
    TLS("See whether endpoint speaks TLS at this port (else it is http), and whether it wants to see a certificate:"
            + " tls.keyStorePath."),
    /** A 401 or 403. */
    KEY(
            "Set ingestionKey to an ingestion key, which is no service key, of this account and region. Where it is right, see"
                    + " whether a proxy or a firewall has answered."),
    /** A 401 or 403 although the key was accepted before. */
    KEY_OR_CONTENT(
            "See whether the key was revoked. If only some requests are refused, see what a proxy or a firewall in"
                    + " front of the endpoint objects to: lines that it refuses alone are dropped and counted as refused."),
    /** A 401 or 403 that the key need not be the reason for. */
    KEY_OR_PROXY(
            "See the log of the proxy or the firewall in between, if there is one; then whether ingestionKey is still an"
                    + " ingestion key of this account."),
    /** Somebody answered, but no ingestion endpoint. */
    ENDPOINT(
            "Set endpoint to the URL of the ingestion API, https://logs.logdna.com/logs/ingest unless the account has one"
                    + " of its own, and see whether a proxy is in between."),
    /** The proxy can't be reached, or does not let this service through. */
    PROXY(
            "See whether proxy, or -Dhttps.proxyHost and the like, has the right host, port, user and password, and whether"
                    + " the proxy lets this service through to the endpoint."),
    /** A class or a method is missing. */
    CLASS_PATH(
            "See the report of what does not link, and which versions are needed; mvn dependency:tree shows what brings"
                    + " another one."),
    /** A 402. */
    ACCOUNT("See the account's plan and payment."),
    /** A 400, 413 and the like: nothing that passes. */
    CONTENT("See what is unusual about the lines of that time, and about hostname, tags and meta."),
    /** A 400 or 422: a line, or the connection. */
    REQUEST("See what is unusual about the lines of that time, and about hostname, tags and meta. If every request is"
            + " refused, see whether the endpoint wants a certificate of this service (tls.keyStorePath), or https in place"
            + " of http.");

    private final String words;

    Remedy(String words) {
        this.words = words;
    }

    /** In sentences; empty for {@link #NONE}. */
    public String words() {
        return words;
    }

    /** What mostly helps, where no more is known than the outcome. */
    static Remedy of(Outcome outcome) {
        return switch (outcome) {
            case DELIVERED -> NONE;
            case RETRY, TIMED_OUT, SERVER_ERROR -> PATIENCE;
            case KEY_REFUSED -> KEY;
            case SETTING_AT_FAULT, UNSUPPORTED_ENCODING -> ENDPOINT;
            case BAD_REQUEST -> REQUEST;
            case DELIVERED_IN_PART, TOO_LARGE -> CONTENT;
        };
    }
}
