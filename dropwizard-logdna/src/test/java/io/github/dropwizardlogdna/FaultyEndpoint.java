package io.github.dropwizardlogdna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Exchange;
import io.github.dropwizardlogdna.testing.TestCertificate;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An endpoint of which a test says what is wrong with it now, and that knows afterwards which lines it took. A request
 * that it has read whole and not answered counts as taken: the worst case, in which the lines come a second time.
 *
 * <p>Belongs to the thread of the test.
 */
final class FaultyEndpoint implements AutoCloseable {

    /**
     * What the appender trusts, and what it must not.
     *
     * @param asOption of an appender that knows the issuers of all but the last, so that only one thing is wrong with each
     */
    record Certificates(
            TestCertificate good,
            TestCertificate ofAnotherName,
            TestCertificate expired,
            TestCertificate untrusted,
            String asOption) {

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

    /** One request's lines, as far as they were taken, and those that are to come again. */
    record Taken(List<JsonNode> lines, List<JsonNode> again, boolean answered) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Behaviour HEALTHY = MisbehavingServer.answer(200);

    @Nullable
    private final Certificates certificates;

    private final List<MisbehavingServer> servers = new ArrayList<>();
    private final AtomicInteger met = new AtomicInteger();
    private MisbehavingServer current;
    /** Those that showed a certificate which is not to be accepted. */
    private final List<MisbehavingServer> impostors = new ArrayList<>();
    /** Whether the current server is not what it should be, and can't become it. */
    private boolean isReplaced;

    private FaultyEndpoint(@Nullable Certificates certificates) throws IOException, GeneralSecurityException {
        this.certificates = certificates;
        this.current = certificates == null
                ? MisbehavingServer.http(HEALTHY)
                : MisbehavingServer.https(certificates.good().context(), HEALTHY);
        servers.add(current);
    }

    /** A healthy one, over TLS where there are certificates. */
    static FaultyEndpoint start(@Nullable Certificates certificates) throws IOException, GeneralSecurityException {
        return new FaultyEndpoint(certificates);
    }

    String url() {
        return servers.get(0).endpoint() + "/logs/ingest";
    }

    // What is wrong

    void behave(Behaviour fault) {
        current.behave(connection -> {
            met.incrementAndGet();
            fault.serve(connection);
        });
    }

    /** Nobody listens any more. */
    void leave() {
        current.close();
    }

    /** Shows another certificate. */
    void show(Function<Certificates, TestCertificate> certificate) {
        try {
            replace(certificate.apply(certificates()));
            impostors.add(current);
            isReplaced = true;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        behave(HEALTHY);
    }

    /** Accepts, and takes part in no handshake. */
    void hangInTheHandshake() {
        current.close();
        current = MisbehavingServer.http(port(), MisbehavingServer.hang());
        servers.add(current);
        isReplaced = true;
        behave(MisbehavingServer.hang());
    }

    /** All is well again. */
    void recover() throws IOException, GeneralSecurityException {
        if (isReplaced || current.isClosed()) {
            replace(certificates == null ? null : certificates.good());
            isReplaced = false;
        } else {
            current.behave(HEALTHY);
        }
    }

    private void replace(@Nullable TestCertificate certificate) throws IOException, GeneralSecurityException {
        current.close();
        current = certificate == null
                ? MisbehavingServer.http(port(), HEALTHY)
                : MisbehavingServer.https(certificate.context(), port(), HEALTHY);
        servers.add(current);
    }

    private Certificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("not over TLS");
        }
        return certificates;
    }

    private int port() {
        return servers.get(0).endpoint().getPort();
    }

    // What came of it

    /** How many connections and requests met the fault. */
    int met() {
        return met.get();
    }

    /** How many requests began where none may be sent. */
    int requestsToImpostors() {
        return impostors.stream().mapToInt(MisbehavingServer::begun).sum();
    }

    /** What was taken of each request, in their order. */
    List<Taken> taken() {
        return servers.stream()
                .flatMap(server -> server.exchanges().stream())
                .map(FaultyEndpoint::taken)
                .toList();
    }

    private static Taken taken(Exchange exchange) {
        List<JsonNode> lines = linesOf(exchange.request().text());
        if (exchange.status() == Exchange.NONE) {
            return new Taken(lines, List.of(), false);
        }
        if (exchange.status() == 207) {
            JsonNode statuses = parse(exchange.body()).path("status");
            List<JsonNode> taken = new ArrayList<>();
            List<JsonNode> again = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                switch (statuses.path(i).asInt()) {
                    case 200 -> taken.add(lines.get(i));
                    case 503 -> again.add(lines.get(i));
                    default -> {}
                }
            }
            return new Taken(taken, again, true);
        }
        return new Taken(exchange.status() == 200 ? lines : List.of(), List.of(), true);
    }

    /** The lines in a request's body. */
    static List<JsonNode> linesOf(String body) {
        List<JsonNode> lines = new ArrayList<>();
        parse(body).path("lines").forEach(lines::add);
        return lines;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        current.close();
    }
}
