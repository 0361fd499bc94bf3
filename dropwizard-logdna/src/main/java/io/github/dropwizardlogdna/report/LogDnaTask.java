package io.github.dropwizardlogdna.report;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The admin task {@code POST /tasks/logdna}: prints the state and the counters of each appender. With {@code ?flush=true}
 * it first sends the buffered lines and waits until they are settled, up to {@code shutdownTimeout}.
 */
public final class LogDnaTask extends Task {

    private final Supplier<List<AppenderState>> states;
    private final Runnable flush;

    /**
     * Creates the task.
     *
     * @param flush sends all buffered lines and waits until they are settled, within a limit
     */
    public LogDnaTask(Supplier<List<AppenderState>> states, Runnable flush) {
        super("logdna");
        this.states = states;
        this.flush = flush;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) {
        if (parameters.getOrDefault("flush", List.of()).contains("true")) {
            long before = heldLines();
            flush.run();
            output.printf(Locale.ROOT, "flushed: %d lines were in the buffer, %d are now%n%n", before, heldLines());
        }
        output.println(Versions.inShort());
        List<AppenderState> now = states.get();
        if (now.isEmpty()) {
            output.println(AppenderState.NO_APPENDER);
        }
        now.forEach(state -> print(state, output));
    }

    private long heldLines() {
        return states.get().stream()
                .mapToLong(state -> state.counts().heldLines())
                .sum();
    }

    private static void print(AppenderState state, PrintWriter output) {
        AppenderState.Counts counts = state.counts();
        output.println(state.name());
        row(output, "state", state.words());
        row(output, "endpoint", state.endpoint());
        row(output, "accepted", counts.accepted());
        row(output, "delivered", counts.delivered());
        row(output, "recovered", counts.recovered());
        row(output, "dropped", state.droppedInWords());
        String oldest = counts.heldLines() == 0
                ? ""
                : ", the oldest for " + counts.oldestAge().toMillis() + " ms";
        row(output, "buffer", counts.heldLines() + " lines, " + counts.heldBytes() + " bytes" + oldest);
        row(output, "spool", counts.spoolBytes() + " bytes");
        if (counts.bareMessages() > 0) {
            row(output, "encoder", counts.bareMessages() + " events were shipped as their bare messages");
        }
    }

    private static void row(PrintWriter output, String name, Object value) {
        output.printf(Locale.ROOT, "  %-10s %s%n", name, value);
    }
}
