package io.github.dropwizardlogdna;

import java.lang.StackWalker.StackFrame;

/**
 * Tells the start of a server from an ending. Dropwizard calls {@code LoggingFactory.stop()}, which waits for appenders,
 * at an ending, through {@code ConfiguredCommand.cleanup()}; but also once right after a server has started, from
 * {@code ConfiguredCommand.run()} itself. A slow endpoint must not hold up that start, nor must the start take anything
 * from the time that the ending may wait.
 */
final class StartUp {

    private static final String LOGGING = "io.dropwizard.logging.";
    private static final String OURS = StartUp.class.getPackageName() + ".";
    private static final String COMMAND = "io.dropwizard.core.cli.ConfiguredCommand";

    private StartUp() {}

    /**
     * Whether the calling thread is in that call right after the start. Where Dropwizard should change its ways, the
     * answer is no, and the start waits as an ending does.
     */
    static boolean isCallingStop() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(StartUp::isCaller).findFirst())
                .filter(caller -> caller.getClassName().equals(COMMAND)
                        && caller.getMethodName().equals("run"))
                .isPresent();
    }

    private static boolean isCaller(StackFrame frame) {
        String name = frame.getClassName();
        return !name.startsWith(LOGGING) && !name.startsWith(OURS);
    }
}
