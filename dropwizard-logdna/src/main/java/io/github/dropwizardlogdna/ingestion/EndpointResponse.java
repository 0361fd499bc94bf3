package io.github.dropwizardlogdna.ingestion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Nullable;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A response of the endpoint, and its meaning. Immutable.
 *
 * @param status the status code; 100 to 599 in HTTP, but a server may send any number
 * @param retryAfter the header {@code Retry-After}, or null
 * @param date the header {@code Date}, or null
 * @param body the whole body of a {@link #MULTI_STATUS}; empty if it was too large, and for any other status
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never copied
record EndpointResponse(
        int status, @Nullable String retryAfter, @Nullable String date, byte[] body) {

    /** The only status with a relevant body, which contains a status for each line. */
    static final int MULTI_STATUS = 207;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CODE = Pattern.compile("[1-5][0-9][0-9]");

    /** A response without a {@code Date}. */
    EndpointResponse(int status, @Nullable String retryAfter, byte[] body) {
        this(status, retryAfter, null, body);
    }

    /** The verdict if a proxy refuses to open a tunnel, so that the endpoint was not reached. */
    static Verdict ofProxy(int status) {
        String reason = "the proxy " + described(status) + (status == 407 ? ": a proxy requires credentials" : "")
                + "; check proxy";
        Outcome outcome =
                switch (outcome(status, false)) {
                    case RETRY, NO_RESPONSE, TIMED_OUT, SERVER_ERROR -> Outcome.RETRY;
                    default -> Outcome.SETTING_AT_FAULT;
                };
        return Verdict.of(outcome, reason, Remedy.PROXY);
    }

    Verdict verdict(RequestBody sent, Instant now) {
        return verdict(sent, now, false);
    }

    /**
     * The verdict for a request.
     *
     * @param proxyMayAnswer whether the request went through a proxy that may have sent this response itself
     */
    Verdict verdict(RequestBody sent, Instant now, boolean proxyMayAnswer) {
        if (status == MULTI_STATUS) {
            List<Outcome> lines = outcomeOfEachLine(sent);
            if (!lines.isEmpty() && lines.stream().allMatch(outcome -> outcome == Outcome.KEY_REFUSED)) {
                String reason = described(status) + " with 401 or 403 for every line" + meaning(Outcome.KEY_REFUSED);
                return new Verdict(Outcome.KEY_REFUSED, reason, retryAfter(now), List.of());
            }
            if (lines.stream().anyMatch(outcome -> outcome != Outcome.DELIVERED)) {
                long taken = lines.stream()
                        .filter(outcome -> outcome == Outcome.DELIVERED)
                        .count();
                String reason = described(status) + ": " + taken + " of " + sent.lines() + " lines were accepted";
                return new Verdict(Outcome.DELIVERED_IN_PART, reason, retryAfter(now), lines);
            }
        }
        Outcome outcome = outcome(status, sent.gzip());
        if (outcome == Outcome.KEY_REFUSED && proxyMayAnswer) {
            outcome = Outcome.SETTING_AT_FAULT;
        }
        String reason = described(status) + meaning(outcome);
        return switch (outcome) {
            case RETRY, NO_RESPONSE, TIMED_OUT, SERVER_ERROR, KEY_REFUSED, SETTING_AT_FAULT ->
                new Verdict(outcome, reason, remedy(outcome, proxyMayAnswer), retryAfter(now), List.of());
            default -> Verdict.of(outcome, reason);
        };
    }

    /** The outcome of a request with this status. */
    static Outcome outcome(int status, boolean gzip) {
        if (status >= 200 && status < 300) {
            return Outcome.DELIVERED;
        }
        return switch (status) {
            case 400, 422 -> Outcome.BAD_REQUEST;
            case 401, 403 -> Outcome.KEY_REFUSED;
            case 408 -> Outcome.TIMED_OUT;
            case 425, 429 -> Outcome.RETRY;
            case 413 -> Outcome.TOO_LARGE;
            case 415 -> gzip ? Outcome.UNSUPPORTED_ENCODING : Outcome.SETTING_AT_FAULT;
            default -> status >= 300 && status < 500 ? Outcome.SETTING_AT_FAULT : Outcome.SERVER_ERROR;
        };
    }

    /** The outcome of one line with this status in a 207: a 4xx is final, unless it asks for a retry. */
    static Outcome outcomeOfLine(int status) {
        if (status >= 200 && status < 300) {
            return Outcome.DELIVERED;
        }
        return switch (status) {
            case 401, 403 -> Outcome.KEY_REFUSED;
            case 408, 425, 429 -> Outcome.RETRY;
            case 413 -> Outcome.TOO_LARGE;
            default -> status >= 400 && status < 500 ? Outcome.BAD_REQUEST : Outcome.RETRY;
        };
    }

    private static String described(int status) {
        if (status < 100 || status > 599) {
            return "answered with a status that is not valid in HTTP (" + status + ")";
        }
        // Not the reason phrase of the response, which may contain anything.
        Status known = Status.fromStatusCode(status);
        return "answered " + status + (known == null ? "" : " " + known.getReasonPhrase());
    }

    private String meaning(Outcome outcome) {
        return switch (outcome) {
            case DELIVERED, DELIVERED_IN_PART -> "";
            case NO_RESPONSE, TIMED_OUT, SERVER_ERROR -> "";
            case RETRY -> status == 429 ? ": too many requests" : "";
            case KEY_REFUSED -> ": the ingestion key was refused; check ingestionKey";
            case BAD_REQUEST -> ": a line or the request is malformed";
            case TOO_LARGE -> ": the body is too large";
            case UNSUPPORTED_ENCODING -> ": gzip is not supported";
            case SETTING_AT_FAULT -> ": " + settingToCheck();
        };
    }

    private String settingToCheck() {
        return switch (status) {
            case 402 -> "the account does not accept lines; check its plan and its payment";
            case 401, 403 -> "the endpoint or the proxy refused the request; check ingestionKey and proxy";
            case 407 -> "a proxy requires credentials; check proxy";
            case 404, 405 -> "there is no ingestion endpoint at this URL; check endpoint";
            case 495, 496 -> "it requires a client certificate; check tls.keyStorePath";
            case 497 -> "this port requires TLS; check endpoint, which must be https";
            case 415 -> "it does not accept JSON; check endpoint";
            default ->
                status < 400
                        ? "redirects are not followed, because they would pass on the ingestion key; check endpoint"
                        : "the request was refused; check endpoint, proxy and the account";
        };
    }

    private Remedy remedy(Outcome outcome, boolean proxyMayAnswer) {
        return switch (status) {
            case 401, 403 -> proxyMayAnswer ? Remedy.KEY_OR_PROXY : Remedy.KEY;
            case 495, 496, 497 -> Remedy.TLS;
            case 402 -> Remedy.ACCOUNT;
            case 407 -> Remedy.PROXY;
            default -> Remedy.of(outcome);
        };
    }

    private Optional<Duration> retryAfter(Instant now) {
        return retryAfter == null ? Optional.empty() : RetryAfter.parse(retryAfter, date, now);
    }

    /**
     * The outcomes in {@code {"status":[200,400,...]}}, or none if it does not match the lines. LogDNA documents this body for
     * another path only, and an endpoint that responds with 207 has understood the request, so that is no failure.
     */
    private List<Outcome> outcomeOfEachLine(RequestBody sent) {
        JsonNode codes = codes();
        if (codes == null || codes.size() != sent.lines()) {
            return List.of();
        }
        List<Outcome> outcomes = new ArrayList<>(codes.size());
        for (JsonNode code : codes) {
            // Accepts numbers and strings of digits; objects and arrays have no text.
            String digits = code.asText();
            if (!CODE.matcher(digits).matches()) {
                return List.of();
            }
            outcomes.add(outcomeOfLine(Integer.parseInt(digits)));
        }
        if (outcomes.stream().allMatch(outcome -> outcome == Outcome.KEY_REFUSED)) {
            return outcomes;
        }
        // The status of another line shows that the key is valid, so a 401 or 403 is about that line.
        outcomes.replaceAll(outcome -> outcome == Outcome.KEY_REFUSED ? Outcome.BAD_REQUEST : outcome);
        return outcomes;
    }

    @Nullable
    private JsonNode codes() {
        try {
            JsonNode root = JSON.readTree(body);
            JsonNode codes = root == null ? null : root.get("status");
            return codes != null && codes.isArray() ? codes : null;
        } catch (IOException e) {
            // Usually a JsonProcessingException; a CharConversionException if the first bytes look like UTF-32.
            return null;
        }
    }

    /** Without the body. */
    @Override
    public String toString() {
        return "EndpointResponse[" + status + "]";
    }
}
