package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.http.HttpServer;
import io.github.dropwizardlogdna.local.http.LocalHosts;
import io.github.dropwizardlogdna.local.ingestion.Answers;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.IngestionHandler;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * An ingestion endpoint in this process, with a page that shows what arrives.
 *
 * <p>Its threads are daemons, which run until the process ends and do not delay that. So the lines that a service logs
 * while it stops still arrive. It logs nothing, so that it never receives lines about itself.
 */
public final class IngestionEndpoint implements AutoCloseable {

    private final HttpServer server;
    private final String origin;
    private final Answers answers;
    private final RefusalReports refusals;

    private IngestionEndpoint(HttpServer server, String origin, Answers answers, RefusalReports refusals) {
        this.server = server;
        this.origin = origin;
        this.answers = answers;
        this.refusals = refusals;
    }

    /**
     * Starts an endpoint. The listeners receive a batch before the page shows it.
     *
     * @throws IOException if the port is not available
     */
    public static IngestionEndpoint start(EndpointSettings settings, BatchListener... listeners) throws IOException {
        LiveTail tail = new LiveTail(settings.maxLines());
        Answers answers = new Answers();
        // The server needs the routes, which need the server to wake the pages.
        DeferredServer deferred = new DeferredServer();
        BatchListener all = new AllListeners(List.of(listeners), new BatchTail(tail, deferred::wakeStreams));
        RefusalReports refusals = new RefusalReports(all);
        IngestionHandler ingestion = new IngestionHandler(settings.ingestionKey(), answers, new BatchListener() {
            @Override
            public void arrived(Batch batch) {
                all.arrived(batch);
            }

            @Override
            public void refused(RefusedRequest request) {
                refusals.report(request);
            }
        });
        LocalHosts hosts = new LocalHosts(settings.bind(), settings.hosts());
        HttpServer server = HttpServer.start(
                new InetSocketAddress(settings.bind(), settings.port()),
                new Routes(hosts, tail, ingestion),
                settings.limits());
        deferred.server = server;
        return new IngestionEndpoint(server, origin(settings.bind(), server.port()), answers, refusals);
    }

    private static String origin(InetAddress bind, int port) {
        boolean named = bind.isLoopbackAddress() || bind.isAnyLocalAddress();
        return "http://" + (named ? "localhost" : new InetSocketAddress(bind, port).getHostString()) + ":" + port;
    }

    /** The URL to ship to. */
    public String url() {
        return origin + IngestionHandler.PATH;
    }

    /** The URL of the page that shows what arrives. */
    public String tailUrl() {
        return origin + "/";
    }

    /** Controls the answers, for tests of failures. */
    Answers answers() {
        return answers;
    }

    /** Stops the endpoint. A service need not: it stops when the process ends. */
    @Override
    public void close() {
        server.close();
        refusals.close();
    }

    private static final class DeferredServer {

        @Nullable
        private volatile HttpServer server;

        void wakeStreams() {
            HttpServer started = server;
            if (started != null) {
                started.wakeStreams();
            }
        }
    }

    private record AllListeners(List<BatchListener> listeners, BatchListener tail) implements BatchListener {

        @Override
        public void arrived(Batch batch) {
            listeners.forEach(listener -> listener.arrived(batch));
            tail.arrived(batch);
        }

        @Override
        public void refused(RefusedRequest request) {
            listeners.forEach(listener -> listener.refused(request));
            tail.refused(request);
        }
    }
}
