package io.github.dropwizardlogdna.appender;

import ch.qos.logback.core.UnsynchronizedAppenderBase;

/** The appender of {@code enabled: false}: ignores every event and has no threads. */
final class DisabledAppender<E> extends UnsynchronizedAppenderBase<E> {

    @Override
    public void doAppend(E event) {
        // not even the filters run
    }

    @Override
    protected void append(E event) {
        // never called
    }
}
