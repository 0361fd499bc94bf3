package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.Fault.Trait.ANSWER_LOST;
import static io.github.dropwizardlogdna.Fault.Trait.LARGE_REQUESTS;
import static io.github.dropwizardlogdna.Fault.Trait.LASTS;
import static io.github.dropwizardlogdna.Fault.Trait.NOTHING_IS_SENT;
import static io.github.dropwizardlogdna.Fault.Trait.ONE_LINE_REFUSED;
import static io.github.dropwizardlogdna.Fault.Trait.OVER_TLS;
import static io.github.dropwizardlogdna.Fault.Trait.TAKES_LONG;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Request;
import io.github.dropwizardlogdna.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The faults of an endpoint. The first table of {@code docs/reliability.md} is generated from them. */
@SuppressWarnings("ImmutableEnumChecker") // it can't see that what begins a fault keeps nothing
enum Fault {

    // On the way there
    REFUSES_CONNECTIONS(
            "refuses connections",
            "retried with backoff; the lines wait, compressed",
            (server, certificates) -> server.leave(),
            NOTHING_IS_SENT),
    ACCEPTS_AND_HANGS(
            "accepts, and reads nothing",
            "cut off after `timeout`, retried",
            behaves(MisbehavingServer.hang()),
            TAKES_LONG),
    HANGS_IN_THE_HANDSHAKE(
            "hangs in the TLS handshake",
            "given up after at most `connectionTimeout` plus `timeout`, retried",
            (server, certificates) -> hangInTheHandshake(server),
            OVER_TLS,
            NOTHING_IS_SENT,
            TAKES_LONG),
    CERTIFICATE_OF_ANOTHER_NAME(
            "certificate of another name",
            "nothing is sent, not even the key; retried, reported with `TLS`",
            shows(Certificates::ofAnotherName),
            OVER_TLS,
            NOTHING_IS_SENT),
    CERTIFICATE_EXPIRED(
            "certificate expired",
            "nothing is sent, not even the key; retried, reported with `TLS`",
            shows(Certificates::expired),
            OVER_TLS,
            NOTHING_IS_SENT),
    CERTIFICATE_UNTRUSTED(
            "certificate not trusted",
            "nothing is sent, not even the key; retried, reported with `check tls`",
            shows(Certificates::untrusted),
            OVER_TLS,
            NOTHING_IS_SENT),

    // The connection breaks
    RESETS_AT_ONCE("resets before the request", "retried", behaves(MisbehavingServer.resetAtOnce())),
    RESETS_IN_THE_MIDDLE(
            "resets in the middle of the request",
            "retried, from its beginning",
            behaves(MisbehavingServer.resetInTheMiddle()),
            LARGE_REQUESTS),
    RESETS_AFTER_THE_REQUEST(
            "resets after the request",
            "the response is lost: sent again",
            behaves(MisbehavingServer.resetAfterTheRequest()),
            ANSWER_LOST),
    RESETS_AFTER_THE_REQUEST_OVER_TLS(
            "resets after the request, over TLS",
            "the response is lost: sent again",
            behaves(MisbehavingServer.resetAfterTheRequest()),
            OVER_TLS,
            ANSWER_LOST),
    CLOSES_WITHOUT_AN_ANSWER(
            "closes without an answer",
            "the response is lost: sent again, by the appender with backoff, not by the HTTP " + "client on its own",
            behaves(MisbehavingServer.closeWithoutAnAnswer()),
            ANSWER_LOST),
    HALF_CLOSES(
            "closes its half without an answer",
            "the response is lost: sent again",
            behaves(MisbehavingServer.halfClose()),
            ANSWER_LOST),
    STALE_KEEP_ALIVE(
            "promises to keep the connection, and closes it",
            "a new connection is opened; no request is lost",
            behaves(MisbehavingServer.closeTheIdleConnection(200))),

    // The answer does not come, or does not end
    NEVER_ANSWERS(
            "reads the request, and answers nothing",
            "cut off after `timeout`; the response is lost: sent again",
            behaves(MisbehavingServer.neverAnswer()),
            TAKES_LONG,
            ANSWER_LOST),
    DRIPS_THE_HEAD(
            "drips the answer's head, a byte a second",
            "cut off after `timeout`, which covers the whole request; the response is lost: sent " + "again",
            behaves(MisbehavingServer.dripTheHead(Duration.ofSeconds(1))),
            TAKES_LONG,
            ANSWER_LOST),
    DRIPS_THE_BODY(
            "200, and drips the answer's body, a byte a second",
            "delivered: the status stands; the connection is given up after `timeout`",
            behaves(MisbehavingServer.dripTheBody(200, Duration.ofSeconds(1))),
            TAKES_LONG),
    STALLS_IN_THE_BODY(
            "200, and stalls in the answer's body",
            "delivered: the status stands; the connection is given up after `timeout`",
            behaves(MisbehavingServer.stallInTheBody(200)),
            TAKES_LONG),
    ENDLESS_BODY(
            "200, with a body that does not end",
            "delivered: the status stands; 64 KiB are read, then the connection is closed",
            behaves(MisbehavingServer.endlessBody(200))),
    ENDLESS_BODY_OF_AN_ERROR(
            "503, with a body that does not end",
            "retried; 64 KiB are read, then the connection is closed",
            behaves(MisbehavingServer.endlessBody(503))),
    GARBAGE(
            "garbage in place of HTTP",
            "not a usable response: sent again",
            behaves(MisbehavingServer.garbage()),
            ANSWER_LOST),
    ANSWERS_BEFORE_THE_BODY(
            "503 before the body was read",
            "the response is read although the request was not sent completely; retried",
            behaves(MisbehavingServer.answerBeforeTheBodyWasRead(503)),
            LARGE_REQUESTS),
    ANSWERS_AND_RESETS_BEFORE_THE_BODY(
            "503 before the body was read, and a reset",
            "retried, whether the response was read or the reset came first",
            behaves(MisbehavingServer.answerAndResetBeforeTheBodyWasRead(503)),
            LARGE_REQUESTS),

    // Answers
    HTML_BAD_GATEWAY("502 with a page of HTML", "retried", behaves(MisbehavingServer.htmlBadGateway())),
    ANSWERS_500("500", "retried", behaves(MisbehavingServer.answer(500))),
    ANSWERS_503("503", "retried", behaves(MisbehavingServer.answer(503))),
    TOO_MANY_REQUESTS(
            "429 with `Retry-After: 1`",
            "retried after the time that the endpoint asked for (at most 5 minutes), and up to a fifth more",
            behaves(MisbehavingServer.answer(429, "Retry-After: 1")),
            TAKES_LONG),
    KEY_REFUSED(
            "401",
            "the lines are kept. If the key was accepted before, the batch is divided first, as "
                    + "for a firewall; if then not even a test line of the appender is taken, an ERROR "
                    + "reports that the key is refused; retried about every `maxRetryDelay`",
            behaves(MisbehavingServer.answer(401))),
    NOT_FOUND(
            "404",
            "the lines are kept, an ERROR names the setting; retried about every `maxRetryDelay`",
            behaves(MisbehavingServer.answer(404))),
    REDIRECTS(
            "302",
            "not followed, because the key would be sent along; otherwise as for 404",
            behaves(MisbehavingServer.answer(302, "Location: http://localhost:1/"))),
    BAD_REQUEST_WHATEVER_IS_IN_IT(
            "400 for every request, until a batch has come whole three times",
            "halved without success, so the cause is the request and not a line: all lines are " + "kept, as for 404",
            (server, certificates) -> server.behave(refuseThreeRounds()),
            LASTS),
    BAD_LINE(
            "400 for one line",
            "found by halving and dropped (`refused`); a line to LogDNA reports that one is " + "missing",
            behaves(refuse(400)),
            LASTS,
            ONE_LINE_REFUSED),
    FIREWALL_500(
            "500 for every request that holds a certain word",
            "after three attempts the batch is divided; the line is found and dropped (`refused`), "
                    + "all others arrive in their order",
            behaves(refuse(500)),
            LASTS,
            ONE_LINE_REFUSED),
    FIREWALL_403(
            "403 for every request that holds a certain word",
            "the same; the report adds that the key was accepted before",
            behaves(refuse(403)),
            LASTS,
            ONE_LINE_REFUSED),
    FIREWALL_406(
            "406 for every request that holds a certain word",
            "the same",
            behaves(refuse(406)),
            LASTS,
            ONE_LINE_REFUSED),
    TOO_LARGE_WHATEVER_ITS_SIZE(
            "413 for every request",
            "divided without success, down to a test line of the appender: all lines are kept and "
                    + "retried with backoff",
            behaves(MisbehavingServer.answer(413))),
    TOO_LARGE(
            "413 above 4,000 bytes",
            "halved until it fits; later batches are sent in parts of that size from the start, "
                    + "and a larger one is tried after 10 s, then at growing intervals of up to a minute",
            behaves(tooLargeAbove(4_000)),
            LARGE_REQUESTS,
            LASTS),
    TAKES_NO_GZIP(
            "415 for gzip",
            "sent again without compression, as are all later batches; gzip is tried again after a "
                    + "minute, then at growing intervals of up to an hour",
            behaves(takeNoGzip()),
            LASTS),
    EVERY_THIRD_LINE_LATER(
            "207 with 503 for every third line",
            "those are sent again, before any newer line",
            behaves(everyThirdLineLater())),
    BAD_LINE_OF_SEVERAL(
            "207 with 400 for one line",
            "that line is dropped (`refused`); a line to LogDNA reports that one is missing",
            behaves(refuseInMultiStatus(400)),
            LASTS,
            ONE_LINE_REFUSED),
    TEAPOT_OF_SEVERAL(
            "207 with 418 for one line",
            "the same, as for every 4xx except 408, 425 and 429; if all lines are answered with "
                    + "401 or 403, the cause is the key, and all are kept",
            behaves(refuseInMultiStatus(418)),
            LASTS,
            ONE_LINE_REFUSED),
    PUTS_ONE_LINE_OFF(
            "207 with 503 for one line, each time",
            "retried with backoff; after six attempts without progress, once other lines are "
                    + "taken, it is dropped (`refused`)",
            behaves(refuseInMultiStatus(503)),
            LASTS,
            ONE_LINE_REFUSED);

    /** What the appender trusts, and what it must not. */
    record Certificates(
            TestCertificate good,
            TestCertificate ofAnotherName,
            TestCertificate expired,
            TestCertificate untrusted,
            String asOption) {

        /** Makes them, and an option that trusts the issuers of all but the last, so that only one thing is wrong with each. */
        static Certificates in(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
            TestCertificate good = TestCertificate.of("dns:localhost", directory);
            TestCertificate ofAnotherName = TestCertificate.of("dns:other.example", directory);
            TestCertificate expired = TestCertificate.expired("dns:localhost", directory);
            TestCertificate untrusted = TestCertificate.of("dns:localhost", directory);
            Path trusted = good.trustStore("PKCS12", ofAnotherName, expired);
            String option = "tls: {trustStorePath: '" + trusted + "', trustStorePassword: " + good.password() + "}";
            return new Certificates(good, ofAnotherName, expired, untrusted, option);
        }
    }

    @FunctionalInterface
    private interface Beginning {
        void of(MisbehavingServer server, Certificates certificates) throws IOException, GeneralSecurityException;
    }

    enum Trait {
        /** The endpoint took the lines, perhaps, and could not say so. */
        ANSWER_LOST,
        /** It is so for good, not an outage. */
        LASTS,
        OVER_TLS,
        /** No request begins, so that not even the key is sent; and the server has to come back. */
        NOTHING_IS_SENT,
        /** The requests have to be larger than what a socket takes at once. */
        LARGE_REQUESTS,
        /** Once is enough. */
        TAKES_LONG,
        /** The line that holds {@link #BAD}. */
        ONE_LINE_REFUSED
    }

    /** What a line says that these endpoints won't take. */
    static final String BAD = "poison";

    private final String title;
    private final String effect;
    private final Beginning beginning;
    private final Set<Trait> traits;

    /**
     * A fault.
     *
     * @param title its name in the document
     * @param effect what the appender does about it, for the document
     */
    Fault(String title, String effect, Beginning beginning, Trait... traits) {
        this.title = title;
        this.effect = effect;
        this.beginning = beginning;
        this.traits = Set.of(traits);
    }

    String effect() {
        return effect;
    }

    /** Makes a healthy server fail like this. */
    void begin(MisbehavingServer server, Certificates certificates) throws IOException, GeneralSecurityException {
        beginning.of(server, certificates);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** How often a test has to see it. */
    int times() {
        return is(TAKES_LONG) ? 1 : 3;
    }

    /** The lines that no endpoint of this kind will ever take. */
    int refused() {
        return is(ONE_LINE_REFUSED) ? 1 : 0;
    }

    @Override
    public String toString() {
        return title;
    }

    private static Beginning behaves(Behaviour behaviour) {
        return (server, certificates) -> server.behave(behaviour);
    }

    private static Beginning shows(Function<Certificates, TestCertificate> certificate) {
        return (server, certificates) ->
                server.comeBack(certificate.apply(certificates).context());
    }

    /** Accepts, and takes part in no handshake. */
    private static void hangInTheHandshake(MisbehavingServer server) {
        server.behave(MisbehavingServer.hang());
        server.comeBack();
    }

    private static Behaviour refuse(int status) {
        return connection -> {
            Request request = connection.readRequest();
            connection.answer(request.text().contains(BAD) ? status : 200, "{}");
        };
    }

    /**
     * Ends by itself, when it has seen the batch whole again: what is refused alone, right before another is taken, the
     * endpoint is believed to refuse for good.
     */
    private static Behaviour refuseThreeRounds() {
        AtomicInteger whole = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();
        return connection -> {
            int lines = connection.readRequest().lines().size();
            whole.compareAndSet(0, lines);
            boolean over = lines == whole.get() ? rounds.incrementAndGet() > 3 : rounds.get() > 3;
            connection.answer(over ? 200 : 400, "{}");
        };
    }

    private static Behaviour tooLargeAbove(int bytes) {
        return connection -> {
            Request request = connection.readRequest();
            connection.answer(request.body().length > bytes ? 413 : 200, "{}");
        };
    }

    private static Behaviour takeNoGzip() {
        return connection -> {
            Request request = connection.readRequest();
            connection.answer(request.header("Content-Encoding") == null ? 200 : 415, "{}");
        };
    }

    private static Behaviour everyThirdLineLater() {
        return connection -> {
            int lines = connection.readRequest().lines().size();
            connection.answer(207, multiStatus(IntStream.range(0, lines).map(i -> i % 3 == 2 ? 503 : 200)));
        };
    }

    private static Behaviour refuseInMultiStatus(int status) {
        return connection -> {
            Request request = connection.readRequest();
            IntStream statuses = request.lines().stream()
                    .mapToInt(line -> line.path("line").asText().contains(BAD) ? status : 200);
            connection.answer(207, multiStatus(statuses));
        };
    }

    private static String multiStatus(IntStream statuses) {
        return "{\"status\":[" + statuses.mapToObj(String::valueOf).collect(Collectors.joining(",")) + "]}";
    }
}
