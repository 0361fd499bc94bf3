package io.github.dropwizardlogdna.config;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Finds the name of the machine. {@link InetAddress#getLocalHost} may wait for the DNS, so it is called last, and on a
 * shipping thread.
 */
public final class HostName {

    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");
    private static final String UNKNOWN = "unknown-host";

    /** The kernel's name of a machine without a name. */
    private static final String UNNAMED = "(none)";

    /** The longest name that the endpoint accepts. */
    private static final int LONGEST = 256;

    private HostName() {}

    /** Returns a supplier of the name of this machine. The supplier may wait for the DNS. */
    public static Supplier<String> ofThisMachine() {
        return first(System.getenv("HOSTNAME"), linux(), System.getenv("COMPUTERNAME"));
    }

    /** Returns the first candidate that is a name, or else the name that the DNS has. */
    static Supplier<String> first(@Nullable String... candidates) {
        for (String candidate : candidates) {
            String name = candidate == null ? "" : candidate.strip();
            if (isName(name)) {
                return () -> name;
            }
        }
        return new Lookup();
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST
                && !name.equals(UNNAMED)
                && name.chars().noneMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c));
    }

    @Nullable
    private static String linux() {
        try {
            return Files.isReadable(LINUX) ? Files.readString(LINUX) : null;
        } catch (IOException e) {
            return null; // then the next source is tried
        }
    }

    private static final class Lookup implements Supplier<String> {

        @Nullable
        private volatile String found; // by the sender, and by the batcher if there is a spool

        @Override
        public String get() {
            String name = found;
            if (name == null) {
                try {
                    name = InetAddress.getLocalHost().getHostName();
                } catch (UnknownHostException e) {
                    name = UNKNOWN;
                }
                name = isName(name) ? name : UNKNOWN;
                found = name;
            }
            return name;
        }
    }
}
