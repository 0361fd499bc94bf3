package io.github.dropwizardlogdna.ingestion;

/** The remedy for a failed request, in one word; the texts for people are elsewhere. */
public enum Remedy {
    /** Nothing is wrong. */
    NONE,
    /** The host name could not be resolved. */
    HOST_NAME,
    /** No connection could be established. */
    NETWORK,
    /** There was no response, or the endpoint reports that it is overloaded or failing. */
    PATIENCE,
    /** The connection was closed without a response. */
    CLOSED,
    /** The certificate is not trusted, or not valid for this host. */
    TRUST,
    /** TLS failed for another reason. */
    TLS,
    /** A 401 or 403. */
    KEY,
    /** A 401 or 403 although the key was accepted before. */
    KEY_OR_CONTENT,
    /** A 401 or 403 that may be unrelated to the key. */
    KEY_OR_PROXY,
    /** The server that responded is not an ingestion endpoint. */
    ENDPOINT,
    /** The proxy can't be reached, or does not let this service through. */
    PROXY,
    /** A class or a method is missing. */
    CLASS_PATH,
    /** The process lacks memory, or may have no more threads. */
    MEMORY,
    /** A 402. */
    ACCOUNT,
    /** A 413 and the like: a permanent refusal of lines. */
    CONTENT,
    /** A 400 or 422: caused by a line, or by the connection. */
    REQUEST;

    /** The usual remedy for an error in this process. */
    public static Remedy of(Throwable error) {
        if (error instanceof LinkageError) {
            return CLASS_PATH;
        }
        return error instanceof OutOfMemoryError ? MEMORY : PATIENCE;
    }

    /** The usual remedy if only the outcome is known. */
    static Remedy of(Outcome outcome) {
        return switch (outcome) {
            case DELIVERED -> NONE;
            case RETRY, NO_RESPONSE, TIMED_OUT, SERVER_ERROR -> PATIENCE;
            case KEY_REFUSED -> KEY;
            case SETTING_AT_FAULT, UNSUPPORTED_ENCODING -> ENDPOINT;
            case BAD_REQUEST -> REQUEST;
            case DELIVERED_IN_PART, TOO_LARGE -> CONTENT;
        };
    }
}
