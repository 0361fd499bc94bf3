package io.github.dropwizardlogdna.benchmarks.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The nginx of the system's packages as a reverse proxy in front of the endpoint. Runs in the foreground, with all its files
 * in one directory.
 */
final class Nginx implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

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

    /** Accepts bodies up to this size from now on. Requests in flight end with the old configuration. */
    void limitBodies(String size) throws IOException, InterruptedException {
        configure(size);
        reload();
    }

    void reload() throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -HUP " + process.pid()).start().waitFor();
    }

    /** Kills master and workers. */
    void kill() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
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
        long begin = System.nanoTime();
        while (!listens()) {
            if (!started.isAlive() || System.nanoTime() - begin > PATIENCE) {
                throw new IOException("nginx does not start; see " + directory);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return started;
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
        kill();
    }
}
