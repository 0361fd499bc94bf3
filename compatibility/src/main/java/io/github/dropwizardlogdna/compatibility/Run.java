package io.github.dropwizardlogdna.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.compatibility.Combination.Expected;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Runs one combination: starts the service, lets it log, ends it by SIGTERM, and looks at what arrived. */
final class Run {
    /** The last cell of the table's row, and what is wrong; nothing if the combination does what is expected of it. */
    record Result(String cell, List<String> problems) {}

    private static final String REFUSED = "refused, with the versions needed";
    private static final String KEY = "f00dcafe00000000000000000000beef";
    private static final String CARD = "4111 1111 1111 1111";
    private static final int ARRIVAL_SECONDS = 30;
    /** What the kernel reports of a process that SIGTERM has ended, and what a JVM reports after its shutdown hooks. */
    private static final int TERMINATED = 143;

    private final Jdks jdks;
    private final Certificate certificate;

    Run(Jdks jdks, Certificate certificate) {
        this.jdks = jdks;
        this.certificate = certificate;
    }

    Result of(Combination combination, Consumer consumer, Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        try (ReceivingEndpoint endpoint = new ReceivingEndpoint(certificate);
                ServiceProcess service = ServiceProcess.start(
                        command(combination, consumer), environment(combination, endpoint), directory)) {
            int port = service.awaitPort();
            return combination.expected == Expected.REFUSED
                    ? refused(combination, service, port)
                    : worked(combination, service, port, endpoint, directory);
        }
    }

    private List<String> command(Combination combination, Consumer consumer) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jdks.java(combination.java).toString());
        command.addAll(combination.jvmOptions);
        command.addAll(consumer.whatToRun(combination));
        command.addAll(List.of("server", consumer.configuration().toString()));
        return command;
    }

    private Map<String, String> environment(Combination combination, ReceivingEndpoint endpoint) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LOGDNA_INGESTION_KEY", KEY);
        environment.put("ENDPOINT", endpoint.url());
        environment.put("TRUST_STORE", certificate.trustStore().toString());
        environment.put("TRUST_STORE_PASSWORD", certificate.password());
        environment.put("REQUEST_LOG", combination.requestLog);
        environment.putAll(combination.environment);
        return environment;
    }

    private static Result worked(
            Combination combination, ServiceProcess service, int port, ReceivingEndpoint endpoint, Path directory)
            throws IOException, InterruptedException {
        if (port == 0) {
            return new Result(
                    "does not start", List.of("The service ended during its start:\n" + service.beginningOfOutput()));
        }
        String query = ExpectedLines.REQUEST + "&contextClassLoader=" + combination.contextClassLoader;
        String thread = ServiceProcess.post(port, query);
        // Dropwizard logs a request after it was answered: without this wait, SIGTERM could come before.
        endpoint.await(line -> line.path("app").asText().equals("requests"), ARRIVAL_SECONDS);
        int exitCode = service.terminate();

        List<JsonNode> lines = endpoint.requests().stream()
                .flatMap(request -> request.lines().stream())
                .toList();
        // The agent puts the ids of trace and span into the MDC.
        Predicate<String> ignoredMeta = combination.expected == Expected.WORKS_WITHOUT_SPANS
                ? name -> name.matches("(trace|span)_.+")
                : name -> false;
        ExpectedLines.Result compared =
                ExpectedLines.loggedBy(thread, combination.requestLog, query).compare(lines, ignoredMeta);
        List<String> problems = new ArrayList<>(compared.problems());
        problems.addAll(problemsOfRequests(endpoint.requests()));
        if (exitCode != TERMINATED) {
            problems.add("exit code " + exitCode + " after SIGTERM instead of " + TERMINATED);
        }
        if (service.output().contains(KEY)) {
            problems.add("the key is on the service's standard streams");
        }
        String cell = compared.arrived() + " of " + compared.logged();
        switch (combination.expected) {
            case WORKS_WITHOUT_SPANS -> problems.addAll(Spans.problems(service.output()));
            case WORKS_WITHOUT_PINNING -> problems.addAll(Pinning.problems(directory.resolve("recording.jfr"), thread));
            case WORKS, REFUSED -> {}
        }
        return new Result(cell, problems);
    }

    private static List<String> problemsOfRequests(List<ReceivingEndpoint.Request> requests) {
        List<String> problems = new ArrayList<>();
        for (ReceivingEndpoint.Request request : requests) {
            if (!request.key().equals(KEY)) {
                problems.add("a request without the key");
            }
            if (!request.query().matches("hostname=consumer-1&now=[0-9]{13}")) {
                problems.add("a request with the query " + request.query());
            }
            if (request.body().contains(CARD)) {
                problems.add("a request with what was to be redacted");
            }
            long now = System.currentTimeMillis();
            for (JsonNode line : request.lines()) {
                if (Math.abs(now - line.path("timestamp").asLong()) > 300_000) {
                    problems.add("a line with the time " + line.path("timestamp"));
                }
            }
        }
        return problems.stream().distinct().toList();
    }

    private static Result refused(Combination combination, ServiceProcess service, int port)
            throws IOException, InterruptedException {
        if (port != 0) {
            service.terminate();
            return new Result(
                    "starts", List.of("The service started, instead of saying that it needs another version"));
        }
        List<String> problems = new ArrayList<>(Refusal.problems(service.output(), combination.dropwizard));
        if (service.exitCode() == 0) {
            problems.add("exit code 0");
        }
        if (!problems.isEmpty()) {
            problems.add("the service wrote:\n" + service.beginningOfOutput());
        }
        return new Result(REFUSED, problems);
    }
}
