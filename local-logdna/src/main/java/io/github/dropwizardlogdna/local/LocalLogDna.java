package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A LogDNA for tests. After {@link #start} it accepts the lines that are shipped to {@link #url}, and a test can wait for
 * them, inspect them, and make it fail.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LocalLogDna LOGDNA = LocalLogDna.start();
 * }</pre>
 *
 * <p>As an extension it forgets all lines and accepts everything again before each test. If its field is static, it is
 * closed after all tests of the run, so that it still receives what a service logs while it stops. Without JUnit's
 * extensions, close it, or let the end of the JVM do so. Thread-safe.
 */
public final class LocalLogDna implements AutoCloseable, BeforeAllCallback, BeforeEachCallback {

    private static final String DEFAULT_KEY = "local";
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);
    private static final Namespace NAMESPACE = Namespace.create(LocalLogDna.class);

    private final Arrivals arrivals;
    private final IngestionEndpoint endpoint;
    private final String ingestionKey;
    private volatile Duration patience = DEFAULT_PATIENCE;

    /** Whether the extension's field is static. */
    private volatile boolean forAllTests;

    private LocalLogDna(Arrivals arrivals, IngestionEndpoint endpoint, String ingestionKey) {
        this.arrivals = arrivals;
        this.endpoint = endpoint;
        this.ingestionKey = ingestionKey;
    }

    /** Starts on a free port of this machine and accepts only the key {@code local}. */
    public static LocalLogDna start() {
        return start(DEFAULT_KEY);
    }

    /** Starts on a free port of this machine and accepts only the given ingestion key. */
    public static LocalLogDna start(String ingestionKey) {
        return start(EndpointSettings.onPort(0).withIngestionKey(ingestionKey));
    }

    /** Starts with these settings: for a service in a container, for example, which has another name for this machine. */
    public static LocalLogDna start(EndpointSettings settings) {
        Arrivals arrivals = new Arrivals();
        try {
            IngestionEndpoint endpoint = IngestionEndpoint.start(settings, arrivals);
            String key = settings.ingestionKey();
            return new LocalLogDna(arrivals, endpoint, key == null ? DEFAULT_KEY : key);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't listen on " + settings.bind() + " port " + settings.port(), e);
        }
    }

    /** The URL to ship to: the appender's {@code endpoint}. */
    public String url() {
        return endpoint.url();
    }

    /** The appender's {@code ingestionKey}. */
    public String ingestionKey() {
        return ingestionKey;
    }

    /** The URL of a page that shows what arrives, for debugging a test. */
    public String tailUrl() {
        return endpoint.tailUrl();
    }

    /** Sets how long to wait for lines; the default is 10 seconds. */
    public LocalLogDna withPatience(Duration patience) {
        this.patience = patience;
        return this;
    }

    // Questions.

    /** The lines that have arrived, oldest first. */
    public ReceivedLines lines() {
        return arrivals.lines();
    }

    /**
     * Waits for a line whose text contains {@code part}, and returns the first one.
     *
     * @throws AssertionError if none arrives in time; its message shows the lines that did
     */
    public ReceivedLine awaitLine(String part) {
        return await(1, lines -> lines.text(part), "line whose text contains \"" + part + "\"")
                .get(0);
    }

    /** Waits for a line that meets the condition, and returns the first one. */
    public ReceivedLine awaitLine(Predicate<ReceivedLine> condition) {
        return await(1, lines -> lines.matching(condition), "line that meets the condition")
                .get(0);
    }

    /**
     * Waits until at least {@code count} of the wanted lines have arrived, and returns all of those.
     *
     * @param wanted selects lines: {@code lines -> lines.app("orders").level("WARN")}
     */
    public ReceivedLines awaitLines(int count, UnaryOperator<ReceivedLines> wanted) {
        return await(count, wanted, "wanted lines");
    }

    private ReceivedLines await(int count, UnaryOperator<ReceivedLines> wanted, String description) {
        return arrivals.await(count, wanted, description, patience);
    }

    /** The newest of the requests that were refused, with the reason. */
    public List<RefusedRequest> refused() {
        return arrivals.refusedRequests();
    }

    // Misbehaviour.

    /**
     * Answers each request with this status from now on; with 200, accepts them again.
     *
     * @param headers alternating names and values: {@code answer(429, "Retry-After", "2")}
     */
    public void answer(int status, String... headers) {
        endpoint.answers().always(status, pairs(headers));
    }

    /** Answers the requests with these statuses in turn from now on: {@code answerInTurn(200, 500)} fails every second one. */
    public void answerInTurn(int... statuses) {
        endpoint.answers().inTurn(statuses);
    }

    /** Answers the next requests with these statuses, one each, and later requests as before. */
    public void answerNext(int... statuses) {
        for (int status : statuses) {
            endpoint.answers().once(status, Map.of());
        }
    }

    /** Leaves each request unanswered from now on, and discards its lines. */
    public void hang() {
        endpoint.answers().hang();
    }

    /** The number of requests that {@link #hang} has left unanswered. */
    public int hanging() {
        return endpoint.answers().hanging();
    }

    /** Closes the connection of each request without an answer from now on, and discards its lines. */
    public void cutOff() {
        endpoint.answers().reset();
    }

    /** Refuses each line whose text contains {@code part}, as 400 in a 207, and accepts the other lines of its request. */
    public void refuseLine(String part) {
        endpoint.answers().refuse(line -> line.text().contains(part));
    }

    /** Accepts everything again, and closes the connections of unanswered requests. */
    public void takeAll() {
        endpoint.answers().takeAll();
    }

    /** Forgets the lines and the refused requests. */
    public void clear() {
        arrivals.clear();
    }

    private static Map<String, String> pairs(String... headers) {
        if (headers.length % 2 != 0) {
            throw new IllegalArgumentException("A header has a name and a value");
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            pairs.put(headers[i], headers[i + 1]);
        }
        return pairs;
    }

    // Life cycle.

    @Override
    public void beforeAll(ExtensionContext context) {
        forAllTests = true;
        // Closed with the root context: a service that another extension runs may stop later than this class's context.
        closeWith(context.getRoot());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!forAllTests) {
            closeWith(context);
        }
        takeAll();
        clear();
    }

    private void closeWith(ExtensionContext context) {
        context.getStore(NAMESPACE).put(this, new StoredEndpoint(endpoint));
    }

    @Override
    public void close() {
        endpoint.close();
    }

    /** JUnit before 5.13, which Dropwizard 4 brings, closes only the deprecated type. */
    @SuppressWarnings("deprecation")
    private record StoredEndpoint(IngestionEndpoint endpoint)
            implements ExtensionContext.Store.CloseableResource, AutoCloseable {

        @Override
        public void close() {
            endpoint.close();
        }
    }
}
