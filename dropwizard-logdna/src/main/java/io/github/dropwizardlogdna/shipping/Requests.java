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

    /** Exists before there is too little memory for another one. */
    private static final Verdict NO_MEMORY = new Verdict(
            Outcome.RETRY,
            "a request failed: OutOfMemoryError",
            Remedy.of(new OutOfMemoryError()),
            Optional.empty(),
            List.of());

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

    /**
     * Lines of a batch as they are sent.
     *
     * @param more the bytes that they take in addition to the batch
     */
    record Prepared(Batch batch, int more) {}

    /** Adds their time to the text of lines that are late. */
    Prepared prepare(Delivery current, Division.Part part, long now) {
        Batch batch = part.batch();
        int more = part.isWholeBatch() ? 0 : batch.held();
        boolean late =
                current.isRecovered() || now - batch.since() >= pipeline.form().lateAge();
        if (!late) {
            return new Prepared(batch, more);
        }
        Batch changed = batch.withTimes(pipeline.form());
        return new Prepared(changed, changed.body() == batch.body() ? more : more + changed.held());
    }

    /** There was too little memory to prepare a request: an attempt that has failed before it could send anything. */
    Verdict notPrepared(OutOfMemoryError error) {
        endpoint.sending(id, nanoTime.getAsLong());
        endpoint.requestEnded();
        observer.internalError("the preparation of a request", error);
        return failed("a request can't be prepared", error);
    }

    Verdict send(Prepared prepared) {
        Batch batch = prepared.batch();
        pipeline.budget().hold(prepared.more());
        try {
            return send(new RequestBody(batch.body(), batch.gzip(), batch.lines(), batch.origin()));
        } finally {
            pipeline.budget().release(prepared.more());
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
            return failed("the client failed", e);
        } finally {
            endpoint.requestEnded();
            observer.requestEnded(nanoTime.getAsLong() - start);
        }
    }

    private static Verdict failed(String what, Throwable error) {
        try {
            String reason = what + ": " + error.getClass().getSimpleName();
            return new Verdict(Outcome.RETRY, reason, Remedy.of(error), Optional.empty(), List.of());
        } catch (OutOfMemoryError e) {
            return NO_MEMORY;
        }
    }

    /** Sends a line of the shipper, to find out whether the endpoint takes anything. */
    Verdict sendProbe() {
        RequestBody body;
        try {
            byte[] line = pipeline.losses().encodedNotice(PROBE);
            OpenBatch open = new OpenBatch(false);
            open.add(line, 0, line.length, 1);
            body = new RequestBody(open.close(nanoTime.getAsLong(), null).body(), false, 1);
        } catch (RuntimeException | Error e) {
            observer.internalError("the encoder of the shipper's own lines", e);
            return failed("a line to test the endpoint can't be encoded", e);
        }
        return send(body);
    }

    /** Ends the request in flight, if there is one. Any thread. */
    void cutOff() {
        client.cutOff();
    }

    void close() {
        client.close();
    }
}
