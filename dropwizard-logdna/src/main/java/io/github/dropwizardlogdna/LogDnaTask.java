package io.github.dropwizardlogdna;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code POST /tasks/logdna}: prints how each appender stands, for a person. With {@code ?flush=true} first sends what
 * there is and waits until it is settled, up to {@code shutdownTimeout}.
 */
final class LogDnaTask extends Task {

    private final ApplicationAppenders appenders;

    LogDnaTask(ApplicationAppenders appenders) {
        super("logdna");
        this.appenders = appenders;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) {
        if (parameters.getOrDefault("flush", List.of()).contains("true")) {
            long before = heldLines();
            appenders.settle();
            output.printf(Locale.ROOT, "flushed: %d lines were in the buffer, %d are now%n%n", before, heldLines());
        }
        output.println(Versions.inShort());
        List<AppenderState> states = appenders.states();
        if (states.isEmpty()) {
            output.println(AppenderState.NO_APPENDER);
        }
        states.forEach(state -> print(state, output));
    }

    private long heldLines() {
        return appenders.states().stream()
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
    }

    private static void row(PrintWriter output, String name, Object value) {
        output.printf(Locale.ROOT, "  %-10s %s%n", name, value);
    }
}
