package io.github.dropwizardlogdna;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link ChattyApplication}, whose standard streams become stuck once it has started. Creates the file that its first
 * argument names when they are.
 */
public final class StuckStreamsProgram {

    private static final String SOME_TEXT = "x".repeat(4096);
    private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

    private StuckStreamsProgram() {}

    public static void main(String[] arguments) throws Exception {
        new ChattyApplication().run(Arrays.copyOfRange(arguments, 1, arguments.length));
        fill(System.out);
        fill(System.err);
        ChattyApplication.chat("main");
        Files.createFile(Path.of(arguments[0]));
    }

    /** Writes until the pipe takes no more. */
    private static void fill(PrintStream stream) {
        AtomicLong lastWritten = new AtomicLong(System.nanoTime());
        Thread writing = new Thread(() -> {
            while (true) {
                stream.println(SOME_TEXT);
                lastWritten.set(System.nanoTime());
            }
        });
        writing.setDaemon(true);
        writing.start();
        while (System.nanoTime() - lastWritten.get() < QUIET) {
            LockSupport.parkNanos(QUIET / 10);
        }
    }
}
