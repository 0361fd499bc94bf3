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
 * A LogDNA for a test: it runs from {@link #start} on, takes what is shipped to {@link #url}, and answers questions about
 * it. It answers badly if a test wants it to.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LocalLogDna LOGDNA = LocalLogDna.start();
 * }</pre>
 *
 * <p>As an extension it is emptied, and takes everything again, before each test. It is closed at the end of all tests, or
 * of the JVM, if its field is static: what a service logs while it stops still arrives. Without JUnit's extensions, close
 * it, or leave it to the end of the JVM. Any thread may use it.
 */
public final class LocalLogDna implements AutoCloseable, BeforeAllCallback, BeforeEachCallback {

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

    /** Starts one on a free port of this machine, which takes the key {@code local} and no other. */
    public static LocalLogDna start() {
        return start("local");
    }

    /** Starts one on a free port of this machine, which takes this ingestion key and no other. */
    public static LocalLogDna start(String ingestionKey) {
        Arrivals arrivals = new Arrivals();
        try {
            IngestionEndpoint endpoint =
                    IngestionEndpoint.start(EndpointSettings.onPort(0).withIngestionKey(ingestionKey), arrivals);
            return new LocalLogDna(arrivals, endpoint, ingestionKey);
        } catch (IOException e) {
            throw new UncheckedIOException("No port of this machine is free", e);
        }
    }

    /** Where to ship to: the appender's {@code endpoint}. */
    public String url() {
        return endpoint.url();
    }

    /** The appender's {@code ingestionKey}. */
    public String ingestionKey() {
        return ingestionKey;
    }

    /** A page that shows what arrives, for a test that is being debugged. */
    public String tailUrl() {
        return endpoint.tailUrl();
    }

    /** Waits at most this long for lines; 10 seconds unless set. */
    public LocalLogDna withPatience(Duration patience) {
        this.patience = patience;
        return this;
    }

    // Questions.

    /** The lines that are here by now, oldest first. */
    public ReceivedLines lines() {
        return arrivals.lines();
    }

    /**
     * Waits for a line whose text contains this, and returns the first.
     *
     * @throws AssertionError if none comes in time; it shows what came
     */
    public ReceivedLine awaitLine(String part) {
        return await(1, lines -> lines.text(part), "line whose text contains \"" + part + "\"")
                .get(0);
    }

    /** Waits for a line that meets a condition, and returns the first. */
    public ReceivedLine awaitLine(Predicate<ReceivedLine> condition) {
        return await(1, lines -> lines.matching(condition), "line that meets the condition")
                .get(0);
    }

    /**
     * Waits until there are so many lines, and returns all of them.
     *
     * @param wanted such as {@code lines -> lines.app("orders").level("WARN")}
     */
    public ReceivedLines awaitLines(int count, UnaryOperator<ReceivedLines> wanted) {
        return await(count, wanted, "lines that are wanted");
    }

    private ReceivedLines await(int count, UnaryOperator<ReceivedLines> wanted, String description) {
        return arrivals.await(count, wanted, description, patience);
    }

    /** The last requests that were not taken, with the reason. */
    public List<RefusedRequest> refused() {
        return arrivals.refusedRequests();
    }

    // Misbehaviour.

    /**
     * Answers each request with this status from now on; 200 takes them again.
     *
     * @param headers names and values in turn: {@code answer(429, "Retry-After", "2")}
     */
    public void answer(int status, String... headers) {
        endpoint.answers().always(status, pairs(headers));
    }

    /** Answers the next requests with these statuses, one each, and those after them as before. */
    public void answerNext(int... statuses) {
        for (int status : statuses) {
            endpoint.answers().once(status, Map.of());
        }
    }

    /** Leaves each request without an answer from now on, and takes none of them. */
    public void hang() {
        endpoint.answers().hang();
    }

    /** How many requests wait for an answer that does not come. */
    public int hanging() {
        return endpoint.answers().hanging();
    }

    /** Closes the connection of each request without an answer from now on, and takes none of them. */
    public void cutOff() {
        endpoint.answers().reset();
    }

    /** Refuses each line whose text contains this (in a 207, as 400), and takes the others of its request. */
    public void refuseLine(String part) {
        endpoint.answers().refuse(line -> line.text().contains(part));
    }

    /** Takes everything again; what hangs is cut off. */
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
        // A service that is started by another extension stops after this one would.
        context.getRoot().getStore(NAMESPACE).put(this, this);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!forAllTests) {
            context.getStore(NAMESPACE).put(this, this);
        }
        takeAll();
        clear();
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
