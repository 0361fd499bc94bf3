package io.github.dropwizardlogdna.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpansTest {
    private static final String SERVER = "LoggingSpanExporter - 'POST /work' : 1 2 SERVER [tracer: jetty]\n";
    private static final String CLIENT = "LoggingSpanExporter - 'POST' : 1 3 CLIENT [tracer: http-client]\n";

    @Test
    void findsNothingIfOnlyTheServiceHasASpan() {
        assertThat(Spans.problems(SERVER)).isEmpty();
    }

    @Test
    void findsSpansOfRequestsToTheEndpoint() {
        assertThat(Spans.problems(SERVER + CLIENT + CLIENT))
                .hasSize(1)
                .allMatch(problem -> problem.startsWith("2 spans of requests to the endpoint"));
    }

    @Test
    void findsAnAgentThatIsNotAttached() {
        assertThat(Spans.problems("")).hasSize(1).allMatch(problem -> problem.contains("is the agent attached?"));
    }
}
