package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A request to a healthy server, by a client whose short time limit is there for the faults. */
final class HealthyRequest {

    private HealthyRequest() {}

    /** Sends until it is delivered: a busy machine may exceed the limit. For any other reason, no request may fail. */
    static void isDelivered(IngestionClient client, RequestBody body) {
        await().until(() -> {
            Verdict verdict = client.send(body);
            boolean delivered = verdict.outcome() == Outcome.DELIVERED;
            if (!delivered) {
                assertThat(verdict.reason()).containsPattern("no (answer|connection).* within|took longer than");
            }
            return delivered;
        });
    }
}
