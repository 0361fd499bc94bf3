package io.github.dropwizardlogdna.benchmarks.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The nginx of the system's packages as a reverse proxy in front of the endpoint. Runs in the foreground, with all its files
 * in one directory.
 */
final class Nginx implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private static final char STOPPED = 'T';
    private static final char ZOMBIE = 'Z';
    private static final char NONE = ' ';

    private final Path directory;
    private final int backend;
    private final int port;
    private Process process;

    Nginx(Path directory, int backend) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.backend = backend;
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
        configure("10m");
        this.process = start();
    }

    int port() {
        return port;
    }

    /** Accepts bodies up to this size once it returns. Requests in flight end with the old configuration. */
    void limitBodies(String size) throws IOException, InterruptedException {
        configure(size);
        reload();
    }

    /** Returns once only workers with the current configuration accept connections. */
    void reload() throws IOException, InterruptedException {
        Set<ProcessHandle> before = workers();
        signal("HUP");
        await("has not replaced its workers after a reload", () -> {
            if (!process.isAlive()) {
                throw new IOException("nginx has ended" + seeLog());
            }
            return !before.containsAll(workers()) && before.stream().allMatch(Nginx::acceptsNoMore);
        });
    }

    /**
     * Kills master and workers, and returns once they have ended. The master is stopped first, so that it can't replace a
     * worker in between: that worker would keep the port, and no later start could bind it.
     */
    void kill() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IOException("nginx ended by itself" + seeLog());
        }
        signal("STOP");
        await("does not stop", () -> !process.isAlive() || state(process.pid()) == STOPPED);
        Set<ProcessHandle> workers = workers();
        process.destroyForcibly();
        await("does not end", () -> !process.isAlive());
        workers.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle worker : workers) {
            await("has a worker that does not end", () -> hasEnded(worker.pid()));
        }
        if (listens()) {
            throw new IOException("port " + port + " is still open although nginx was killed" + seeLog());
        }
    }

    private Set<ProcessHandle> workers() {
        return process.descendants().collect(Collectors.toSet());
    }

    /** Whether a worker has ended, or will once its requests have: nginx writes that into the worker's title. */
    private static boolean acceptsNoMore(ProcessHandle worker) {
        try {
            return Files.readString(
                                    Path.of("/proc", Long.toString(worker.pid()), "cmdline"),
                                    StandardCharsets.ISO_8859_1)
                            .contains("shutting down")
                    || hasEnded(worker.pid());
        } catch (IOException e) {
            return true;
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .start()
                .waitFor();
    }

    /** Whether a process is gone, or has ended and waits for its new parent, which may take long, to collect it. */
    private static boolean hasEnded(long pid) {
        char state = state(pid);
        return state == NONE || state == ZOMBIE;
    }

    /** The state of a process as the kernel abbreviates it. */
    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return NONE;
        }
    }

    void restart() throws IOException {
        process = start();
    }

    private void configure(String bodySize) throws IOException {
        Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                user %s;
                pid %2$s/nginx.pid;
                error_log %2$s/error.log;
                events { worker_connections 256; }
                http {
                    access_log off;
                    client_body_temp_path %2$s/body;
                    proxy_temp_path %2$s/proxy;
                    fastcgi_temp_path %2$s/fastcgi;
                    uwsgi_temp_path %2$s/uwsgi;
                    scgi_temp_path %2$s/scgi;
                    client_max_body_size %3$s;
                    proxy_read_timeout 10s;
                    server {
                        listen 127.0.0.1:%4$d;
                        location / { proxy_pass http://127.0.0.1:%5$d; }
                    }
                }
                """.formatted(
                        System.getProperty("user.name"), directory, bodySize, port, backend));
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(
                        "nginx",
                        "-p",
                        directory.toString(),
                        "-c",
                        directory.resolve("nginx.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("out.log").toFile()))
                .start();
        try {
            // Another process could listen, too, so the file must tell that this one does.
            await("does not start", () -> {
                if (!started.isAlive()) {
                    throw new IOException("nginx ended when it started" + seeLog());
                }
                return pidInFile().equals(Long.toString(started.pid())) && listens();
            });
        } catch (IOException e) {
            started.destroyForcibly();
            throw e;
        }
        return started;
    }

    /** The process that wrote nginx.pid, which it does once it has bound the port. */
    private String pidInFile() throws IOException {
        Path file = directory.resolve("nginx.pid");
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private void await(String failure, Condition condition) throws IOException {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - begin > PATIENCE) {
                throw new IOException("nginx " + failure + seeLog());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private String seeLog() {
        return "; see " + directory.resolve("error.log");
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            try {
                kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
