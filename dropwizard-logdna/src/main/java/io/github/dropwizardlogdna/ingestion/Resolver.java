package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * Looks up a host within a time limit. A look-up can't be interrupted, so it runs on a separate thread. There is at most one
 * such thread: a later call waits for the same look-up, or uses its late result. Confined to one thread.
 */
final class Resolver {

    /** A seam for tests, which can't make the DNS hang. */
    @FunctionalInterface
    interface NameService {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    private record Lookup(String host, CompletableFuture<InetAddress[]> found) {}

    private final NameService nameService;

    @Nullable
    private Lookup pending;

    Resolver(NameService nameService) {
        this.nameService = nameService;
    }

    /** All addresses of a host, in the JVM's order of preference. */
    List<InetAddress> resolve(String host, Duration limit, Attempt attempt) throws IOException {
        if (InetAddressUtils.isIPv4(host) || host.indexOf(':') >= 0) {
            return List.of(InetAddress.getByName(host));
        }
        Lookup lookup = pending;
        if (lookup != null && !lookup.host.equals(host)) {
            if (!lookup.found.isDone()) {
                throw tooLong(lookup.host, limit);
            }
            lookup = null;
        }
        if (lookup == null) {
            lookup = started(host);
            pending = lookup;
        }
        await(lookup, limit, attempt);
        pending = null;
        try {
            return List.of(lookup.found.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw new UnknownHostException(host);
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e); // it is done
        }
    }

    private Lookup started(String host) {
        Lookup lookup = new Lookup(host, new CompletableFuture<>());
        Runnable work = () -> {
            try {
                lookup.found.complete(nameService.addressesOf(host));
            } catch (Throwable e) {
                lookup.found.completeExceptionally(e);
            }
        };
        try {
            ClientThread.start("logdna-dns", work);
        } catch (OutOfMemoryError e) {
            // No thread can be started. A look-up without a limit is better than none.
            work.run();
        }
        return lookup;
    }

    /** Ignores interrupts: {@link Attempt#cutOff} ends the wait. */
    private static void await(Lookup lookup, Duration limit, Attempt attempt) throws IOException {
        CompletableFuture<Object> either = CompletableFuture.anyOf(lookup.found, attempt.whenCutOff());
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (!lookup.found.isDone()) {
                try {
                    either.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                    attempt.check();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return; // the look-up failed; its result holds the exception
                } catch (TimeoutException e) {
                    throw tooLong(lookup.host, limit);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException tooLong(String host, Duration limit) {
        return new DiagnosedException(new Diagnosis(
                "the look-up of " + host + " took longer than " + Diagnosis.inWords(limit), Remedy.HOST_NAME));
    }
}
