package io.github.dropwizardlogdna.config;

import ch.qos.logback.core.Context;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import jakarta.annotation.Nullable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Catches the errors that Logback finds in a pattern. Logback reports them only to its status list, and the layout prints
 * {@code %PARSER_ERROR} or nothing from then on.
 */
public final class LayoutErrors implements StatusListener, AutoCloseable {

    private final Context context;
    private final Thread thread = Thread.currentThread();
    private final AtomicReference<String> first = new AtomicReference<>();

    /** Starts to listen for errors on the calling thread. */
    public LayoutErrors(Context context) {
        this.context = context;
        context.getStatusManager().add(this);
    }

    @Override
    public void addStatusEvent(Status status) {
        if (status.getLevel() == Status.ERROR && Thread.currentThread() == thread) {
            first.compareAndSet(null, status.getMessage());
        }
    }

    /** The first error; null if there was none. */
    @Nullable
    public String first() {
        return first.get();
    }

    @Override
    public void close() {
        context.getStatusManager().remove(this);
    }
}
