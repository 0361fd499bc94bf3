package io.github.dropwizardlogdna.benchmarks.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import io.github.dropwizardlogdna.benchmarks.Idle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The service, as the program sees that measures it. */
final class ServiceProcess implements AutoCloseable {

    /** A heap as a small service has it. */
    private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final ChildProcess process;
    private final int port;
    private final double startMillis;
    private final long startedAt;

    /** Starts it, and waits for the answer to a first request. */
    ServiceProcess(Variant variant, URI endpoint, List<String> jvmOptions, LoadProcess load) throws IOException {
        directory = Files.createTempDirectory("logdna-service");
        Path configuration = directory.resolve("config.yml");
        Files.writeString(configuration, variant.yaml(endpoint, directory));
        List<String> arguments = new ArrayList<>(HEAP);
        arguments.addAll(jvmOptions);
        arguments.addAll(List.of(variant.key(), endpoint.toString(), configuration.toString()));
        startedAt = System.nanoTime();
        process = new ChildProcess(List.of(), OrderService.class, arguments.toArray(String[]::new));
        port = Integer.parseInt(process.greeting());
        load.first(port);
        startMillis = (System.nanoTime() - startedAt) / 1e6;
    }

    /** From the start of the JVM to the first answer. */
    double startMillis() {
        return startMillis;
    }

    /** {@link System#nanoTime} when it was started. */
    long startedAt() {
        return startedAt;
    }

    int port() {
        return port;
    }

    long cpuNanos() {
        return Long.parseLong(process.ask("cpu"));
    }

    /** How long the JVM's compilers have worked, all of their threads together. */
    long compilationMillis() {
        return Long.parseLong(process.ask("compilation"));
    }

    OrderService.State state() {
        return ask("state", OrderService.State.class);
    }

    Idle idle(double seconds) {
        return ask("idle " + seconds, Idle.class);
    }

    private <T> T ask(String command, Class<T> answer) {
        try {
            return JSON.readValue(process.ask(command), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
