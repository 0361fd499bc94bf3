package io.github.dropwizardlogdna.local.ingestion;

/**
 * Is told of each batch that the endpoint has taken, before the sender is: so a sender that ends its process when it has
 * its answer doesn't take the news with it.
 *
 * <p>Several of the endpoint's threads may call at once. The sender waits meanwhile, so a listener should be quick.
 */
@FunctionalInterface
public interface BatchListener {

    void arrived(Batch batch);
}
