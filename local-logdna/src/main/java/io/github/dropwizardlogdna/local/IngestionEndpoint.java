package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.IngestionHandler;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * An ingestion endpoint within this process, reachable from this machine only, with a page that shows what arrives.
 *
 * <p>It outlives everything that ships to it: its threads are daemons, which neither hold the process nor end before it,
 * and it stays out of Jetty's shutdown hook and of Dropwizard's lifecycle. So the lines that the service logs while it
 * stops still arrive.
 *
 * <p>What its own threads log goes nowhere: otherwise each batch that arrives would, at DEBUG, make lines for the next.
 */
public final class IngestionEndpoint implements AutoCloseable {

    static final String THREADS = "ingestion-endpoint";

    /** Two for Jetty to accept and select, the others for requests: one for each appender that ships, and some. */
    private static final int MAX_THREADS = 8;

    private final Server server;
    private final ServerConnector connector;

    private IngestionEndpoint(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts to listen on a port of 127.0.0.1, or on any free one for port 0.
     *
     * @throws IOException when the port can't be had
     */
    public static IngestionEndpoint start(int port, String ingestionKey, BatchListener... listeners)
            throws IOException {
        return start(port, ingestionKey, Set.of(), listeners);
    }

    /**
     * The same, for a machine whose browsers know it by other names than localhost.
     *
     * @param hosts the names under which the page may be asked for, too; see {@link LiveTail}
     */
    public static IngestionEndpoint start(int port, String ingestionKey, Set<String> hosts, BatchListener... listeners)
            throws IOException {
        OwnThreadsFilter.install();

        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setName(THREADS);
        threads.setDaemon(true);
        // Requests are few and need no thread kept for them.
        threads.setReservedThreads(0);
        Server server = new Server(threads, new ScheduledExecutorScheduler(THREADS + "-scheduler", true), null);
        server.setStopAtShutdown(false);

        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // An odd path is a path that isn't there, not a bad request.
        http.setUriCompliance(UriCompliance.UNSAFE);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        LiveTail tail = new LiveTail(hosts);
        List<BatchListener> allListeners = new ArrayList<>(List.of(listeners));
        allListeners.add(new BatchTail(tail));
        server.setHandler(new Handler.Sequence(tail, new IngestionHandler(ingestionKey, allListeners)));

        // Ahead of the start, which would log a failure with its stack trace before throwing it.
        connector.open();
        try {
            server.start();
        } catch (Exception e) {
            connector.close();
            throw new IllegalStateException("The ingestion endpoint did not start", e);
        }
        return new IngestionEndpoint(server, connector);
    }

    /** Where to ship to. */
    public String url() {
        return origin() + IngestionHandler.PATH;
    }

    /** Where to watch what arrives. */
    public String tailUrl() {
        return origin() + "/";
    }

    private String origin() {
        return "http://localhost:" + connector.getLocalPort();
    }

    /** For tests. A service leaves it to the end of the process. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The ingestion endpoint did not stop", e);
        }
    }
}
