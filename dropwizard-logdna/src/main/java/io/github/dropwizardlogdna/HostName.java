package io.github.dropwizardlogdna;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The machine's name. {@link InetAddress#getLocalHost} asks the DNS, which can take long, so it is asked last, and on
 * the sender's thread.
 */
final class HostName {

    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");
    private static final String UNKNOWN = "unknown-host";

    private HostName() {}

    /** The machine's name, at the latest when the supplier is asked, which may take as long as the DNS does. */
    static Supplier<String> ofThisMachine() {
        for (String candidate : new String[] {System.getenv("HOSTNAME"), linux(), System.getenv("COMPUTERNAME")}) {
            if (candidate != null && !candidate.isBlank()) {
                String name = candidate.strip();
                return () -> name;
            }
        }
        return new Lookup();
    }

    @Nullable
    private static String linux() {
        try {
            return Files.isReadable(LINUX) ? Files.readString(LINUX) : null;
        } catch (IOException e) {
            return null; // then the next source is asked
        }
    }

    private static final class Lookup implements Supplier<String> {

        @Nullable
        private String found; // the sender's

        @Override
        public String get() {
            String name = found;
            if (name == null) {
                try {
                    name = InetAddress.getLocalHost().getHostName();
                } catch (UnknownHostException e) {
                    name = UNKNOWN;
                }
                found = name;
            }
            return name;
        }
    }
}
