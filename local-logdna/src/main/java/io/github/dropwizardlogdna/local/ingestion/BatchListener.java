package io.github.dropwizardlogdna.local.ingestion;

/** Receives accepted batches and refusals. Several of the endpoint's threads may call at the same time. */
@FunctionalInterface
public interface BatchListener {

    /**
     * A batch was taken. Called before the sender is answered, so a sender that ends its process when it has its answer
     * doesn't take the news with it. The sender waits meanwhile, so a listener should be quick.
     */
    void arrived(Batch batch);

    /** A request was refused. */
    default void refused(RefusedRequest request) {}
}
