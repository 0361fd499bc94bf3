package io.github.dropwizardlogdna.shipping;

/** Makes a line of the shipper's own, to be sent along with the others. */
public interface NoticeEncoder {

    /** A line that says {@code text} at WARN, in the form in which lines are handed over. Called by both shipping threads. */
    byte[] encode(String text);
}
