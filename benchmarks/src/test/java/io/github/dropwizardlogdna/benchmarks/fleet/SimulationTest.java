package io.github.dropwizardlogdna.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dropwizardlogdna.benchmarks.fleet.Clients.AfterRetryAfter;
import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Asks;
import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Outage;
import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Reply;
import io.github.dropwizardlogdna.benchmarks.fleet.Simulation.Result;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;

class SimulationTest {

    private static final double BUFFER = 32 * 1024 * 1024;
    private static final Outage NO_OUTAGE = new Outage(0, 0, Asks.NOTHING);

    static Stream<Client> clients() {
        return Stream.concat(Stream.of(Clients.appender(BUFFER)), Clients.peers().stream());
    }

    private static Result run(Client client, int instances, double linesPerSecond, Asks asks) {
        return new Simulation(instances, linesPerSecond, 100_000, asks, 1).run(client);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void accountsForEachLine(Client client) {
        Result result = run(client, 20, 200, Asks.NOTHING);

        double settled = result.delivered() + result.full() + result.givenUp() + result.held();
        assertThat(settled).isCloseTo(result.logged(), within(0.01));
        assertThat(result.logged()).isGreaterThan(result.loggedInOutage());
    }

    @ParameterizedTest
    @MethodSource("clients")
    void deliversNothingInTheOutageAndEverythingAfterIt(Client client) {
        Result result = run(client, 20, 200, Asks.NOTHING);

        assertThat(result.timeline().came(Simulation.OUTAGE, Simulation.RECOVERY))
                .isEqualTo(result.timeline().turnedAway(Simulation.OUTAGE, Simulation.RECOVERY))
                .isPositive();
        assertThat(result.drained()).isPositive();
    }

    @Test
    void isTheSameForTheSameSeed() {
        Result one = run(Clients.appender(BUFFER), 50, 200, Asks.NOTHING);
        Result other = run(Clients.appender(BUFFER), 50, 200, Asks.NOTHING);

        assertThat(other.drained()).isEqualTo(one.drained());
        assertThat(other.timeline().came(0, Simulation.END))
                .isEqualTo(one.timeline().came(0, Simulation.END));
    }

    @Test
    void dropsLinesOfTheAppenderOnlyBeyondItsBuffer() {
        assertThat(run(Clients.appender(BUFFER), 5, 200, Asks.NOTHING).full()).isZero();
        assertThat(run(Clients.appender(BUFFER / 8), 5, 200, Asks.NOTHING).full())
                .isCloseTo(600_000 - 5 * Clients.linesWithin(0.8 * BUFFER / 8, 2 << 20), within(600_000 * 0.1));
    }

    @Test
    void asksTheAppendersOwnPolicyForTheDelay() {
        Result result = run(Clients.appender(BUFFER), 1, 200, Asks.NOTHING);

        // Ten minutes at half of 30 s on average.
        assertThat(result.timeline().came(Simulation.OUTAGE, Simulation.RECOVERY))
                .isBetween(30, 70);
    }

    @Test
    void leavesTheEndpointAloneForAsLongAsItAsks() {
        // Up to 10 times 60 s or a little more, and the attempt before the first answer.
        assertThat(run(Clients.appender(BUFFER), 1, 200, Asks.SECONDS)
                        .timeline()
                        .came(Simulation.OUTAGE, Simulation.RECOVERY))
                .isBetween(9, 11);
        // Twice five minutes, which is the longest that the appender waits.
        assertThat(run(Clients.appender(BUFFER), 1, 200, Asks.DATE)
                        .timeline()
                        .came(Simulation.OUTAGE, Simulation.RECOVERY))
                .isBetween(2, 3);
    }

    @Test
    void retriesAllAtOnceWithoutJitter() {
        Client exact = Clients.appender("exact", Clients.defaults(), BUFFER, AfterRetryAfter.AT_ONCE);

        Result atOnce = run(exact, 100, 200, Asks.DATE);
        Result spreadOut = run(Clients.appender(BUFFER), 100, 200, Asks.DATE);

        int end = Simulation.RECOVERY + 60;
        assertThat(atOnce.timeline().mostInATenth(Simulation.RECOVERY, end)).isGreaterThanOrEqualTo(90);
        assertThat(spreadOut.timeline().mostInATenth(Simulation.RECOVERY, end)).isLessThan(30);
    }

    @Test
    void acceptsRequestsUntilASecondOfWorkIsQueued() {
        Endpoint endpoint = new Endpoint(1_000, NO_OUTAGE);

        Reply first = endpoint.receive(1_000 - Endpoint.REQUEST_COST, 0);
        Reply second = endpoint.receive(1_000 - Endpoint.REQUEST_COST, 0);
        Reply third = endpoint.receive(1, 0);

        assertThat(first.verdict()).isNull();
        assertThat(first.at()).isEqualTo(Virtual.SECOND + Endpoint.ROUND_TRIP);
        assertThat(second.verdict()).isNull();
        assertThat(second.at()).isEqualTo(2 * Virtual.SECOND + Endpoint.ROUND_TRIP);
        assertThat(third.verdict()).isNotNull();
        assertThat(third.at()).isEqualTo(Endpoint.ROUND_TRIP);
    }

    @Test
    void knowsHowManyLinesABufferTakes() {
        double batch = 1_000 * Clients.LINE_BYTES;

        assertThat(Clients.linesWithin(batch, batch)).isEqualTo(1_000);
        assertThat(Clients.linesWithin(batch + batch / Clients.COMPRESSION, batch))
                .isCloseTo(2_000, within(0.01));
    }

    @Test
    void drawsAPanelForEachClient() throws Exception {
        List<Result> results =
                List.of(run(Clients.appender(BUFFER), 5, 200, Asks.NOTHING), run(Clients.LOKI4J, 5, 200, Asks.NOTHING));

        String svg = FleetPlot.of("title", results, 900);

        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(svg).contains("this library", "loki4j 2.1.0").doesNotContain("NaN");
    }
}
