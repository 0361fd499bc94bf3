package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Remedy;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Sends the requests of one sender, and reports each. Owned by the sender's thread, except for {@link #cutOff}. */
final class Requests {

    /** The text must hold whether the earlier line is finally delivered or dropped. */
    static final String PROBE =
            "The endpoint answers a line that was logged before this one with an error. This line was"
                    + " sent to find out whether it takes others.";

    /** The number of the sender. */
    private final int id;

    private final Pipeline pipeline;
    private final EndpointStatus endpoint;
    private final IngestionClient client;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;

    Requests(
            int id,
            Pipeline pipeline,
            EndpointStatus endpoint,
            IngestionClient client,
            ShippingObserver observer,
            LongSupplier nanoTime) {
        this.id = id;
        this.pipeline = pipeline;
        this.endpoint = endpoint;
        this.client = client;
        this.observer = observer;
        this.nanoTime = nanoTime;
    }

    /** Sends lines of a batch, with their time in the text if they are late. */
    Verdict send(Delivery current, Batch batch, long now) {
        boolean late =
                current.isRecovered() || now - batch.since() >= pipeline.form().lateAge();
        Batch sent = late ? batch.withTimes(pipeline.form()) : batch;
        int more = late ? sent.held() : 0;
        pipeline.budget().hold(more);
        try {
            return send(new RequestBody(sent.body(), sent.gzip(), sent.lines(), sent.origin()));
        } finally {
            pipeline.budget().release(more);
        }
    }

    private Verdict send(RequestBody body) {
        long start = nanoTime.getAsLong();
        endpoint.sending(id, start);
        try {
            return client.send(body);
        } catch (RuntimeException | Error e) {
            // Not the fault of the lines (a missing class, too little memory), so they stay.
            observer.internalError("the client", e);
            String reason = "the client failed: " + e.getClass().getSimpleName();
            Remedy remedy = e instanceof LinkageError ? Remedy.CLASS_PATH : Remedy.PATIENCE;
            return new Verdict(Outcome.RETRY, reason, remedy, Optional.empty(), List.of());
        } finally {
            endpoint.answered();
            observer.requestEnded(nanoTime.getAsLong() - start);
        }
    }

    /** Sends a line of the shipper, to find out whether the endpoint takes anything. */
    Verdict sendProbe() {
        byte[] line;
        try {
            line = pipeline.losses().encodedNotice(PROBE);
        } catch (RuntimeException | Error e) {
            observer.internalError("the encoder of the shipper's own lines", e);
            return new Verdict(
                    Outcome.RETRY, "a line to test the endpoint can't be encoded", Optional.empty(), List.of());
        }
        OpenBatch open = new OpenBatch(false);
        open.add(line, 0, line.length, 1);
        return send(new RequestBody(open.close(nanoTime.getAsLong(), null).body(), false, 1));
    }

    /** Ends the request in flight, if there is one. Any thread. */
    void cutOff() {
        client.cutOff();
    }

    void close() {
        client.close();
    }
}
