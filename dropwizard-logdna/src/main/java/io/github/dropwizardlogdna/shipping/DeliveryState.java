package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;

/**
 * The state of delivery.
 *
 * @param kind the state in one word
 * @param reason the reason of a failure; empty if nothing fails
 * @param since when this state began, on the clock of {@link System#nanoTime}
 */
public record DeliveryState(Kind kind, String reason, long since) {

    /** The state in one word. */
    public enum Kind {
        /** There is nothing to deliver. */
        IDLE,
        /** A request is under way, or the last one was taken. */
        DELIVERING,
        /** The last requests failed for a transient reason. */
        RETRYING,
        /** The endpoint refuses the key. */
        KEY_REFUSED,
        /** The endpoint, a proxy or the account refuses every request. */
        SETTING_AT_FAULT,
        /** An error has ended shipping; nothing is sent any more. */
        FAILED
    }

    static DeliveryState idle(long since) {
        return new DeliveryState(Kind.IDLE, "", since);
    }

    static DeliveryState delivering(long since) {
        return new DeliveryState(Kind.DELIVERING, "", since);
    }

    static DeliveryState failed(String why, long since) {
        return new DeliveryState(Kind.FAILED, why, since);
    }

    static DeliveryState failing(Verdict verdict, long since) {
        Kind kind =
                switch (verdict.outcome()) {
                    case KEY_REFUSED -> Kind.KEY_REFUSED;
                    case SETTING_AT_FAULT, BAD_REQUEST, UNSUPPORTED_ENCODING -> Kind.SETTING_AT_FAULT;
                    default -> Kind.RETRYING;
                };
        return new DeliveryState(kind, verdict.reason(), since);
    }
}
