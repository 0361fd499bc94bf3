package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;

/**
 * How delivery stands.
 *
 * @param kind in one word
 * @param reason why it is failing; empty where it isn't
 * @param since when it began to fail, or ended by an error, on the clock of {@link System#nanoTime}; zero where it doesn't
 */
public record SenderState(Kind kind, String reason, long since) {

    /** In one word. */
    public enum Kind {
        /** Nothing to deliver. */
        IDLE,
        /** The last request was taken. */
        DELIVERING,
        /** The last requests failed for a passing reason. */
        RETRYING,
        /** The endpoint refuses the key. */
        KEY_REFUSED,
        /** The endpoint, a proxy or the account refuses every request. */
        SETTING_AT_FAULT,
        /** Shipping has ended by an error, and nothing is sent any more. */
        FAILED
    }

    static final SenderState IDLE = new SenderState(Kind.IDLE, "", 0);
    static final SenderState DELIVERING = new SenderState(Kind.DELIVERING, "", 0);

    static final SenderState FAILED = new SenderState(Kind.FAILED, "of an error in the shipper", 0);

    static SenderState failing(Verdict verdict, long since) {
        Kind kind =
                switch (verdict.outcome()) {
                    case KEY_REFUSED -> Kind.KEY_REFUSED;
                    case SETTING_AT_FAULT, BAD_REQUEST, UNSUPPORTED_ENCODING -> Kind.SETTING_AT_FAULT;
                    default -> Kind.RETRYING;
                };
        return new SenderState(kind, verdict.reason(), since);
    }
}
