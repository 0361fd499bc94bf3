package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.ScriptedClient.byLine;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import io.github.dropwizardlogdna.ingestion.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendersTest {

    @TempDir
    private Path directory;

    private static Senders of(Fixture fixture) {
        Senders senders = new Senders(new SenderSignals(1));
        senders.add(fixture.sender, null); // none of the tests needs its thread
        return senders;
    }

    private static void deliverHalf(Fixture fixture) {
        fixture.store(List.of("taken", "not taken"));
        fixture.endpoint.answers(byLine(Outcome.DELIVERED, Outcome.RETRY));
        fixture.sender.step(fixture.now);
    }

    @Test
    void knowTheAgeOfTheOldestLineThatIsBeingDelivered() {
        Fixture fixture = new Fixture();
        Senders senders = of(fixture);
        assertThat(senders.oldestAge(fixture.now)).isZero();
        deliverHalf(fixture);
        fixture.pass(Duration.ofSeconds(3));

        assertThat(senders.oldestAge(fixture.now))
                .isEqualTo(Duration.ofSeconds(3).toNanos());

        senders.discard();
        assertThat(senders.oldestAge(fixture.now)).isZero();
    }

    @Test
    void knowWhichSettledLinesAreStillOnDisk() {
        HostInfo origin = new HostInfo("web-1", null, null, List.of());
        SpoolSettings spool =
                new SpoolSettings(directory.resolve("logdna"), 64 << 20, "0000000000000001-1", () -> origin);
        BufferLimits limits = new BufferLimits(65_536, 32 << 20, 0, 0);
        Fixture onDisk = new Fixture(64 * 1024, 64 * 1024, true, limits, spool, SpoolDirectory::open);
        deliverHalf(onDisk);
        assertThat(of(onDisk).settledLinesOnDisk(onDisk.store)).isEqualTo(1);
        onDisk.store.close(Long.MAX_VALUE);

        Fixture inMemory = new Fixture();
        deliverHalf(inMemory);
        assertThat(of(inMemory).settledLinesOnDisk(inMemory.store)).isZero();
    }
}
