package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A running service. Closing it kills a process that has not ended. */
final class ServiceProcess implements AutoCloseable {
    static final String USER_AGENT = "compatibility";

    private static final Pattern PORT = Pattern.compile("CONSUMER PORT (\\d+)");
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration REQUEST = Duration.ofMinutes(1);
    private static final int END_SECONDS = 60;

    private final Process process;
    private final Path output;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static ServiceProcess start(List<String> command, Map<String, String> environment, Path directory)
            throws IOException {
        Path output = directory.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new ServiceProcess(builder.start(), output);
    }

    /** Waits until the service listens; 0 if it ended before. */
    int awaitPort() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - end < 0) {
            boolean ended = process.waitFor(50, TimeUnit.MILLISECONDS);
            Matcher port = PORT.matcher(output());
            if (port.find()) {
                return Integer.parseInt(port.group(1));
            }
            if (ended) {
                return 0;
            }
        }
        throw new IOException("The service did not start within " + START + ", see " + output);
    }

    /** Sends the request that makes the service log, and returns the answer's text. */
    static String post(int port, String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + pathAndQuery))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(REQUEST)
                .header("User-Agent", USER_AGENT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("The service answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /** Sends SIGTERM, and returns the exit code. */
    int terminate() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("The service did not end within " + END_SECONDS + " s of SIGTERM, see " + output);
        }
        return process.exitValue();
    }

    /** The exit code of a service that has ended by itself. */
    int exitCode() {
        return process.exitValue();
    }

    /** All that the service has written to its standard streams, in whatever character set it uses for that. */
    String output() throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    /** As much of it as a person reads. */
    String beginningOfOutput() throws IOException {
        return output().lines().limit(40).collect(Collectors.joining(System.lineSeparator()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
