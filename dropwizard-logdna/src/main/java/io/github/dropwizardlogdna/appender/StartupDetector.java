package io.github.dropwizardlogdna.appender;

import java.lang.StackWalker.StackFrame;

/**
 * Distinguishes the start of a server from its shutdown. Dropwizard calls {@code LoggingFactory.stop()}, which waits for
 * appenders, at shutdown, through {@code ConfiguredCommand.cleanup()}; but also once right after a server has started,
 * from {@code ConfiguredCommand.run()} itself. A slow endpoint must not delay that start, and the start must not take
 * time from the shutdown.
 */
final class StartupDetector {

    private static final String LOGGING = "io.dropwizard.logging.";
    private static final String OURS = "io.github.dropwizardlogdna.";
    private static final String COMMAND = "io.dropwizard.core.cli.ConfiguredCommand";

    private StartupDetector() {}

    /**
     * Whether the calling thread is in the call right after the start. If Dropwizard changes its call chain, this returns
     * false, and the start waits as a shutdown does.
     */
    static boolean isCalledAtStartup() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(StartupDetector::isCaller).findFirst())
                .filter(caller -> caller.getClassName().equals(COMMAND)
                        && caller.getMethodName().equals("run"))
                .isPresent();
    }

    private static boolean isCaller(StackFrame frame) {
        String name = frame.getClassName();
        return !name.startsWith(LOGGING) && !name.startsWith(OURS);
    }
}
