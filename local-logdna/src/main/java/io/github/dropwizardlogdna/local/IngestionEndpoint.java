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
 * An ingestion endpoint within this process, with a page that shows what arrives.
 *
 * <p>It outlives everything that ships to it: its threads are daemons, which neither hold the process nor end before it.
 * So the lines that a service logs while it stops still arrive. It logs nothing, so nothing it does is shipped to it.
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
     * Starts to listen. The listeners are called ahead of the page.
     *
     * @throws IOException if the port can't be had
     */
    public static IngestionEndpoint start(EndpointSettings settings, BatchListener... listeners) throws IOException {
        LiveTail tail = new LiveTail(settings.maxLines());
        Answers answers = new Answers();
        // The server needs the routes, and they need it to wake the pages.
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

    /** Where to ship to. */
    public String url() {
        return origin + IngestionHandler.PATH;
    }

    /** Where to watch what arrives. */
    public String tailUrl() {
        return origin + "/";
    }

    /** How requests are answered, for tests that want more than success. */
    Answers answers() {
        return answers;
    }

    /** For tests. A service leaves it to the end of the process. */
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
