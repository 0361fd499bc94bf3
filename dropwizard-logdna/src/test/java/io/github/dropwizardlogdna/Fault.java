package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.Fault.Trait.ANSWER_LOST;
import static io.github.dropwizardlogdna.Fault.Trait.LARGE_REQUESTS;
import static io.github.dropwizardlogdna.Fault.Trait.LASTS;
import static io.github.dropwizardlogdna.Fault.Trait.ONE_LINE_REFUSED;
import static io.github.dropwizardlogdna.Fault.Trait.OVER_TLS;
import static io.github.dropwizardlogdna.Fault.Trait.TAKES_LONG;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Request;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What can be wrong with an endpoint. {@code docs/reliability.md} has a row for each, by its title. */
@SuppressWarnings("ImmutableEnumChecker") // it can't see that what begins a fault keeps nothing
enum Fault {

    // On the way there
    REFUSES_CONNECTIONS("refuses connections", FaultyEndpoint::leave),
    ACCEPTS_AND_HANGS("accepts, and reads nothing", behaves(MisbehavingServer.hang()), TAKES_LONG),
    HANGS_IN_THE_HANDSHAKE("hangs in the TLS handshake", FaultyEndpoint::hangInTheHandshake, OVER_TLS, TAKES_LONG),
    CERTIFICATE_OF_ANOTHER_NAME(
            "certificate of another name",
            endpoint -> endpoint.show(FaultyEndpoint.Certificates::ofAnotherName),
            OVER_TLS),
    CERTIFICATE_EXPIRED(
            "certificate expired", endpoint -> endpoint.show(FaultyEndpoint.Certificates::expired), OVER_TLS),
    CERTIFICATE_UNTRUSTED(
            "certificate not trusted", endpoint -> endpoint.show(FaultyEndpoint.Certificates::untrusted), OVER_TLS),

    // The connection breaks
    RESETS_AT_ONCE("resets before the request", behaves(MisbehavingServer.resetAtOnce())),
    RESETS_IN_THE_MIDDLE(
            "resets in the middle of the request", behaves(MisbehavingServer.resetInTheMiddle()), LARGE_REQUESTS),
    RESETS_AFTER_THE_REQUEST(
            "resets after the request", behaves(MisbehavingServer.resetAfterTheRequest()), ANSWER_LOST),
    RESETS_AFTER_THE_REQUEST_OVER_TLS(
            "resets after the request, over TLS",
            behaves(MisbehavingServer.resetAfterTheRequest()),
            OVER_TLS,
            ANSWER_LOST),
    CLOSES_WITHOUT_AN_ANSWER(
            "closes without an answer", behaves(MisbehavingServer.closeWithoutAnAnswer()), ANSWER_LOST),
    HALF_CLOSES("closes its half without an answer", behaves(MisbehavingServer.halfClose()), ANSWER_LOST),
    STALE_KEEP_ALIVE(
            "promises to keep the connection, and closes it", behaves(MisbehavingServer.closeTheIdleConnection(200))),

    // The answer does not come, or does not end
    NEVER_ANSWERS(
            "reads the request, and answers nothing",
            behaves(MisbehavingServer.neverAnswer()),
            TAKES_LONG,
            ANSWER_LOST),
    DRIPS_THE_HEAD(
            "drips the answer's head, a byte a second",
            behaves(MisbehavingServer.dripTheHead(Duration.ofSeconds(1))),
            TAKES_LONG,
            ANSWER_LOST),
    DRIPS_THE_BODY(
            "200, and drips the answer's body, a byte a second",
            behaves(MisbehavingServer.dripTheBody(200, Duration.ofSeconds(1))),
            TAKES_LONG),
    STALLS_IN_THE_BODY(
            "200, and stalls in the answer's body", behaves(MisbehavingServer.stallInTheBody(200)), TAKES_LONG),
    ENDLESS_BODY("200, with a body that does not end", behaves(MisbehavingServer.endlessBody(200))),
    ENDLESS_BODY_OF_AN_ERROR("503, with a body that does not end", behaves(MisbehavingServer.endlessBody(503))),
    GARBAGE("garbage in place of HTTP", behaves(MisbehavingServer.garbage()), ANSWER_LOST),
    ANSWERS_BEFORE_THE_BODY(
            "503 before the body was read", behaves(MisbehavingServer.answerBeforeTheBodyWasRead(503)), LARGE_REQUESTS),
    ANSWERS_AND_RESETS_BEFORE_THE_BODY(
            "503 before the body was read, and a reset",
            behaves(MisbehavingServer.answerAndResetBeforeTheBodyWasRead(503)),
            LARGE_REQUESTS),

    // Answers
    HTML_BAD_GATEWAY("502 with a page of HTML", behaves(MisbehavingServer.htmlBadGateway())),
    ANSWERS_500("500", behaves(MisbehavingServer.answer(500))),
    ANSWERS_503("503", behaves(MisbehavingServer.answer(503))),
    TOO_MANY_REQUESTS(
            "429 with `Retry-After: 1`", behaves(MisbehavingServer.answer(429, "Retry-After: 1")), TAKES_LONG),
    KEY_REFUSED("401", behaves(MisbehavingServer.answer(401))),
    NOT_FOUND("404", behaves(MisbehavingServer.answer(404))),
    REDIRECTS("302", behaves(MisbehavingServer.answer(302, "Location: http://localhost:1/"))),
    BAD_REQUEST_WHATEVER_IS_IN_IT(
            "400 for every request, until a batch has come whole three times",
            endpoint -> endpoint.behave(refuseThreeRounds()),
            LASTS),
    BAD_LINE("400 for one line", behaves(refuse(400)), LASTS, ONE_LINE_REFUSED),
    FIREWALL_500("500 for every request that holds a certain word", behaves(refuse(500)), LASTS, ONE_LINE_REFUSED),
    FIREWALL_403("403 for every request that holds a certain word", behaves(refuse(403)), LASTS, ONE_LINE_REFUSED),
    FIREWALL_406("406 for every request that holds a certain word", behaves(refuse(406)), LASTS, ONE_LINE_REFUSED),
    TOO_LARGE_WHATEVER_ITS_SIZE("413 for every request", behaves(MisbehavingServer.answer(413))),
    TOO_LARGE("413 above 4,000 bytes", behaves(tooLargeAbove(4_000)), LARGE_REQUESTS, LASTS),
    TAKES_NO_GZIP("415 for gzip", behaves(takeNoGzip()), LASTS),
    EVERY_THIRD_LINE_LATER("207 with 503 for every third line", behaves(everyThirdLineLater())),
    BAD_LINE_OF_SEVERAL("207 with 400 for one line", behaves(refuseInMultiStatus(400)), LASTS, ONE_LINE_REFUSED),
    TEAPOT_OF_SEVERAL("207 with 418 for one line", behaves(refuseInMultiStatus(418)), LASTS, ONE_LINE_REFUSED),
    PUTS_ONE_LINE_OFF(
            "207 with 503 for one line, each time", behaves(refuseInMultiStatus(503)), LASTS, ONE_LINE_REFUSED);

    enum Trait {
        /** The endpoint took the lines, perhaps, and could not say so. */
        ANSWER_LOST,
        /** It is so for good, not an outage. */
        LASTS,
        OVER_TLS,
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
    private final Consumer<FaultyEndpoint> beginning;
    private final Set<Trait> traits;

    Fault(String title, Consumer<FaultyEndpoint> beginning, Trait... traits) {
        this.title = title;
        this.beginning = beginning;
        this.traits = Set.of(traits);
    }

    void begin(FaultyEndpoint endpoint) {
        beginning.accept(endpoint);
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

    private static Consumer<FaultyEndpoint> behaves(Behaviour behaviour) {
        return endpoint -> endpoint.behave(behaviour);
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
            int lines = FaultyEndpoint.linesOf(connection.readRequest().text()).size();
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
            int lines = FaultyEndpoint.linesOf(connection.readRequest().text()).size();
            connection.answer(207, multiStatus(IntStream.range(0, lines).map(i -> i % 3 == 2 ? 503 : 200)));
        };
    }

    private static Behaviour refuseInMultiStatus(int status) {
        return connection -> {
            Request request = connection.readRequest();
            IntStream statuses = FaultyEndpoint.linesOf(request.text()).stream()
                    .mapToInt(line -> line.path("line").asText().contains(BAD) ? status : 200);
            connection.answer(207, multiStatus(statuses));
        };
    }

    private static String multiStatus(IntStream statuses) {
        return "{\"status\":[" + statuses.mapToObj(String::valueOf).collect(Collectors.joining(",")) + "]}";
    }
}
