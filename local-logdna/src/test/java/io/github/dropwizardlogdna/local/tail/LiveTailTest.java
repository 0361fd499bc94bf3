package io.github.dropwizardlogdna.local.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.local.http.Handler;
import io.github.dropwizardlogdna.local.http.HttpServer;
import io.github.dropwizardlogdna.local.http.Limits;
import io.github.dropwizardlogdna.local.http.Plan;
import io.github.dropwizardlogdna.local.http.RequestHead;
import io.github.dropwizardlogdna.local.http.Response;
import io.github.dropwizardlogdna.local.tail.EventReader.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the tail as a browser does. The timeout ends reads that would never return. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LiveTailTest {

    private static final int HELD = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LiveTail tail = new LiveTail(new TailLog(HELD, 1_000_000));
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = serve(tail);
    }

    private static HttpServer serve(LiveTail tail) throws IOException {
        Limits standard = Limits.standard();
        Limits limits = new Limits(
                standard.connections(),
                standard.heldBytes(),
                standard.headTime(),
                standard.idleTime(),
                standard.bodyGrace(),
                standard.minBytesPerSecond(),
                Duration.ofMillis(100));
        Handler handler = new Handler() {
            @Override
            public Plan begin(RequestHead head) {
                Plan plan = tail.begin(head);
                return plan == null ? new Plan.Answer(refuse(head, 404, "Not found.")) : plan;
            }

            @Override
            public Response refuse(RequestHead head, int status, String reason) {
                return Response.of(status, "text/plain", reason);
            }
        };
        return HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler, limits);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void announcesItselfAndTheRetryInterval() throws Exception {
        try (EventReader browser = EventReader.open(url(LiveTail.EVENTS))) {
            assertThat(browser.nextBlock()).containsExactly("retry: 1000");
            Event event = browser.next();

            assertThat(event.id()).isEqualTo(event.data().get("epoch").textValue() + ".0");
            assertThat(event.lines()).isEmpty();
            assertThat(event.data().get("received").get("lines").intValue()).isZero();
        }
    }

    @Test
    void sendsHeldLinesAndThenNewOnes() throws Exception {
        publish(1, 3);
        try (EventReader browser = EventReader.open(url(LiveTail.EVENTS))) {
            Event held = browser.next();
            publish(4, 4);
            Event arrived = browser.next();

            assertThat(numbers(held)).containsExactly(1, 2, 3);
            assertThat(numbers(arrived)).containsExactly(4);
            assertThat(arrived.data().get("received")).isEqualTo(json("""
                    {"lines":4,"batches":2,"wireBytes":20,"jsonBytes":200}"""));
        }
    }

    @Test
    void resumesWhereABrowserWasCutOff() throws Exception {
        publish(1, 3);
        String lastEventId;
        try (EventReader browser = EventReader.open(url(LiveTail.EVENTS))) {
            lastEventId = browser.next().id();
        }
        publish(4, 5);

        assertThat(numbers(first(LiveTail.EVENTS, "Last-Event-ID", lastEventId)))
                .containsExactly(4, 5);
        assertThat(numbers(first(LiveTail.EVENTS + "?after=" + lastEventId))).containsExactly(4, 5);
        // The URL does not change when the browser reconnects by itself.
        assertThat(numbers(first(LiveTail.EVENTS + "?after=", "Last-Event-ID", lastEventId)))
                .containsExactly(4, 5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                ".2",
                "2.2",
                "00000000-0000-0000-0000-000000000000.2",
                "EPOCH",
                "EPOCH.",
                "EPOCH.-1",
                "EPOCH.99999999999999999999",
                "EPOCH.2.1"
            })
    void startsAgainAfterAForeignId(String id) throws Exception {
        publish(1, 3);
        String epoch = first(LiveTail.EVENTS).data().get("epoch").textValue();

        Event event = first(LiveTail.EVENTS, "Last-Event-ID", id.replace("EPOCH", epoch));

        assertThat(numbers(event)).containsExactly(1, 2, 3);
        assertThat(event.skipped()).isZero();
    }

    @Test
    void announcesAnotherEpochAfterARestart() throws Exception {
        String before = first(LiveTail.EVENTS).data().get("epoch").textValue();
        try (HttpServer restarted = serve(new LiveTail(HELD))) {
            Event event =
                    firstOf("http://localhost:" + restarted.port() + LiveTail.EVENTS, "Last-Event-ID", before + ".7");

            assertThat(event.data().get("epoch").textValue()).isNotEqualTo(before);
        }
    }

    /**
     * The browser reads nothing while the test's thread publishes a hundred times as much as the log holds, which must not
     * block. Then the browser receives each line, or a count of skipped lines.
     */
    @Test
    void aBrowserThatDoesNotReadDelaysNobodyAndLearnsTheMissedLines() throws Exception {
        int lines = 100 * HELD;
        String padding = "x".repeat(5_000);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream()
                    .write(("GET " + LiveTail.EVENTS + " HTTP/1.0\r\nHost: localhost\r\n\r\n").getBytes(UTF_8));
            await().atMost(PATIENCE).until(() -> tail.streams() == 1);

            for (int n = 1; n <= lines; n++) {
                publish(List.of(("{\"n\":" + n + ",\"padding\":\"" + padding + "\"}").getBytes(UTF_8)), 0, 0);
            }

            BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            long seen = 0;
            long skipped = 0;
            while (seen < lines) {
                String row = reader.readLine();
                assertThat(row).as("the stream after line %s", seen).isNotNull();
                if (row.startsWith("data: ")) {
                    Event event = new Event("", json(row.substring("data: ".length())));
                    skipped += event.skipped();
                    seen += event.skipped();
                    for (int number : numbers(event)) {
                        assertThat(number).isEqualTo((int) ++seen);
                    }
                }
            }
            assertThat(skipped).isPositive();
        }
    }

    @Test
    void sendsACommentWhileNothingArrives() throws Exception {
        try (EventReader browser = EventReader.open(url(LiveTail.EVENTS))) {
            browser.next();

            assertThat(browser.nextBlock()).containsExactly(":");
            assertThat(browser.nextBlock()).containsExactly(":");
        }
    }

    @Test
    void forgetsABrowserThatIsGone() throws Exception {
        try (EventReader browser = EventReader.open(url(LiveTail.EVENTS))) {
            browser.next();
            assertThat(tail.streams()).isEqualTo(1);
        }

        await().atMost(PATIENCE).until(() -> tail.streams() == 0);
    }

    @Test
    void refusesMoreBrowsersThanItServes() throws Exception {
        List<EventReader> browsers = new ArrayList<>();
        try {
            for (int i = 0; i < LiveTail.MAX_STREAMS; i++) {
                browsers.add(EventReader.open(url(LiveTail.EVENTS)));
            }

            assertThat(get(LiveTail.EVENTS).statusCode()).isEqualTo(503);
        } finally {
            for (EventReader browser : browsers) {
                browser.close();
            }
        }
    }

    static Stream<String> pages() {
        return Stream.concat(PageFile.byPath().keySet().stream(), Stream.of(LiveTail.EVENTS));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void letsABrowserLoadAndRunNothingElse(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path))).build();
        HttpResponse<InputStream> response = HTTP.send(request, BodyHandlers.ofInputStream());
        response.body().close();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe", "http:", "https:", "data:", "*");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        // Otherwise any web page could read it.
        assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @Test
    void namesNoOtherOriginAndHasNothingInline() {
        PageFile.byPath().forEach((path, file) -> {
            String text = new String(file.content(), UTF_8);

            assertThat(text.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                    .as(path)
                    .doesNotContainPattern("\\w+://|[\"'(]//|@import|data:");
        });
        assertThat(new String(PageFile.byPath().get("/").content(), UTF_8))
                .doesNotContainPattern("<style|\\sstyle=|\\son\\w+=|<script(?! type=\"module\" src=\"tail/)");
    }

    /** Each of these interprets a text as HTML or as a program. */
    @Test
    void neverInterpretsAText() {
        PageFile.byPath().forEach((path, file) -> assertThat(new String(file.content(), UTF_8))
                .as(path)
                .doesNotContainPattern(
                        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|createContextualFragment"
                                + "|srcdoc|setHTML|\\beval\\b|new Function|javascript:"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /tail",
        "GET, /tail/",
        "GET, /tail/../tail.html",
        "GET, /tail/LiveTail.class",
        "POST, /",
        "POST, /tail/events"
    })
    void leavesOtherRequestsToOthers(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path)))
                .method(method, BodyPublishers.noBody())
                .build();

        assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(404);
    }

    /** Publishes one batch of lines with these numbers, of 10 bytes on the wire and 100 of JSON. */
    private void publish(int from, int to) {
        publish(
                IntStream.rangeClosed(from, to)
                        .mapToObj(n -> ("{\"n\":" + n + "}").getBytes(UTF_8))
                        .toList(),
                10,
                100);
    }

    private void publish(List<byte[]> lines, int wireBytes, int jsonBytes) {
        tail.publish(lines, wireBytes, jsonBytes);
        server.wakeStreams();
    }

    private Event first(String path, String... headers) throws Exception {
        return firstOf(url(path), headers);
    }

    private static Event firstOf(String url, String... headers) throws Exception {
        try (EventReader browser = EventReader.open(url, headers)) {
            return browser.next();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.ofString());
    }

    private String url(String path) {
        return "http://localhost:" + server.port() + path;
    }

    private static List<Integer> numbers(Event event) {
        return event.lines().stream().map(line -> line.get("n").intValue()).toList();
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
