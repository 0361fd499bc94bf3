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

    /** What the kernel says before anybody has named the machine. */
    private static final String UNNAMED = "(none)";

    /** The endpoint takes no more. */
    private static final int LONGEST = 256;

    private HostName() {}

    /** The machine's name, at the latest when the supplier is asked, which may take as long as the DNS does. */
    static Supplier<String> ofThisMachine() {
        return first(System.getenv("HOSTNAME"), linux(), System.getenv("COMPUTERNAME"));
    }

    /** The first of these that is a name; what the DNS says if none is. */
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
                name = isName(name) ? name : UNKNOWN;
                found = name;
            }
            return name;
        }
    }
}
