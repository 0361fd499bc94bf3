package io.github.dropwizardlogdna;

import ch.qos.logback.core.UnsynchronizedAppenderBase;

/** What {@code enabled: false} builds: takes every event, keeps none, and has no threads. */
final class DisabledAppender<E> extends UnsynchronizedAppenderBase<E> {

    @Override
    public void doAppend(E event) {
        // nothing: not even the filters are asked
    }

    @Override
    protected void append(E event) {
        // never called
    }
}
