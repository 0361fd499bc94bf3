package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A directory of batch files that one process holds, by a lock on a file in it.
 *
 * <pre>
 *  DIRECTORY/                         one for each name of an appender
 *    0001763833000000-4711/           a place: one for each process, in the order of their starts
 *      lock                           locked as long as that process lives, whatever ends it
 *      0001763833000000-4711_0000000000000001.batch
 *      0001763833000000-4711_0000000000000002.batch.tmp      being written
 *      ....batch.damaged              set aside: not a whole batch
 * </pre>
 *
 * The names of batches sort in the order of their lines, also those of earlier processes, which are moved into the place
 * of the process that takes them over. Anything with a name of another form is left alone.
 *
 * <p>A file is written under another name and then renamed, in one step. A batch that was added survives the end of the
 * process, {@code kill -9} included, because its bytes are with the operating system by then. It is not forced to the
 * disk, so the last seconds before a power failure may be lost; a file that such a failure has cut short is found by its
 * checksum.
 *
 * <p>An interrupt closes a channel that is read or written. The channel of the lock is neither, so the lock stays; what
 * is read or written is tried again.
 *
 * <p>After {@link #open} any thread may call; the caller sees to it that no two work on the same file.
 */
final class SpoolPlace implements AutoCloseable {

    static final String BATCH = ".batch";
    static final String DAMAGED = ".damaged";
    private static final String UNFINISHED = ".tmp";
    private static final String LOCK = "lock";

    private static final Pattern PLACE_NAME = Pattern.compile("\\d{16}-\\d{1,10}");
    private static final Pattern FILE_NAME =
            Pattern.compile(PLACE_NAME + "_\\d{16}\\" + BATCH + "(\\" + DAMAGED + "|\\" + UNFINISHED + ")?");

    /**
     * What a delivered file that can't be deleted is overwritten with. Not nothing: a power failure makes empty files.
     */
    private static final byte[] DELIVERED = {'d', 'e', 'l', 'i', 'v', 'e', 'r', 'e', 'd', '\n'};

    /** Places of this process: to open and close their locks once more would release them, as POSIX has it. */
    private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

    private final SpoolDirectory parent;
    private final String name;
    private final SpoolDirectory directory;
    private final FileChannel lockChannel;
    private final Findings findings = new Findings();

    private SpoolPlace(SpoolDirectory parent, String name, SpoolDirectory directory, FileChannel lockChannel) {
        this.parent = parent;
        this.name = name;
        this.directory = directory;
        this.lockChannel = lockChannel;
    }

    /** What was found besides batches while a place was opened, in words. Filled by {@link #open}. */
    static final class Findings {

        /** Entries that are not this appender's. */
        final List<String> foreign = new ArrayList<>();
        /** Bytes of the files among them. */
        long foreignBytes;
        /** Places whose files could not all be moved, and why. */
        final List<String> notTakenOver = new ArrayList<>();
        /** Directories that other users may write to. */
        final List<String> openToOthers = new ArrayList<>();
    }

    /**
     * Makes a place in a directory, and moves into it what processes that have ended have left there.
     *
     * @param directory one that is this appender's alone; links on the way to it are followed, but it is none itself
     * @param name of the place
     */
    static SpoolPlace open(SpoolDirectory.Opener opener, Path directory, String name) throws IOException {
        if (!PLACE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a place: " + name);
        }
        Path absolute = directory.toAbsolutePath();
        Path configured = Objects.requireNonNull(absolute.getParent());
        Files.createDirectories(configured, SpoolDirectory.ownerOnly(configured, "rwx------"));
        configured = configured.toRealPath();
        String own = String.valueOf(absolute.getFileName());
        SpoolDirectory parent;
        boolean openToOthers;
        try (SpoolDirectory base = opener.open(configured)) {
            openToOthers =
                    base.self().permissions().contains(PosixFilePermission.OTHERS_WRITE) && !isSticky(configured);
            base.makeDirectory(own);
            parent = base.directory(own);
        }
        try {
            SpoolPlace place = make(parent, name);
            if (openToOthers) {
                place.findings.openToOthers.add(configured.toString());
            }
            return place;
        } catch (IOException | RuntimeException | Error e) {
            parent.close();
            throw e;
        }
    }

    /** In a directory like {@code /tmp} nobody can replace what belongs to another. */
    private static boolean isSticky(Path directory) throws IOException {
        return directory.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((int) Files.getAttribute(directory, "unix:mode") & 0x200) != 0;
    }

    private static SpoolPlace make(SpoolDirectory parent, String name) throws IOException {
        if (!HELD.add(parent + "/" + name)) {
            throw new IOException(parent + "/" + name + " is held by another appender");
        }
        SpoolDirectory directory = null;
        try {
            parent.makeDirectory(name);
            directory = parent.directory(name);
            FileChannel lock = lock(directory, true);
            if (lock == null) {
                throw new IOException(directory + " is held by another process");
            }
            SpoolPlace place = new SpoolPlace(parent, name, directory, lock);
            place.checkOwners();
            place.takeOverOthers();
            return place;
        } catch (IOException | RuntimeException | Error e) {
            HELD.remove(parent + "/" + name); // or it would keep out the next attempt, as would the lock
            if (directory != null) {
                directory.close();
            }
            throw e;
        }
    }

    /** A directory that somebody else has made could be filled, emptied and read by them. */
    private void checkOwners() throws IOException {
        SpoolDirectory.Entry lock = directory.entry(LOCK);
        String user = lock == null ? null : lock.owner();
        for (SpoolDirectory each : List.of(parent, directory)) {
            SpoolDirectory.Entry self = each.self();
            if (!isTrusted(self, user)) {
                lockChannel.close();
                throw new IOException(each + " belongs to the user " + self.owner() + ", not to " + user);
            }
            if (self.mayBeWrittenByOthers()) {
                findings.openToOthers.add(each.toString());
            }
        }
    }

    private static boolean isTrusted(SpoolDirectory.Entry entry, @Nullable String user) {
        return entry.owner() == null
                || user == null
                || entry.owner().equals(user)
                || entry.owner().equals("root");
    }

    private void takeOverOthers() throws IOException {
        SpoolDirectory.Entry lock = directory.entry(LOCK);
        for (String other : parent.names()) {
            if (HELD.contains(parent + "/" + other)) {
                continue;
            }
            SpoolDirectory.Entry entry = parent.entry(other);
            if (entry == null) {
                continue; // another process has just taken it over
            }
            if (!PLACE_NAME.matcher(other).matches()
                    || !entry.isDirectory()
                    || !isTrusted(entry, lock == null ? null : lock.owner())) {
                foreign(parent, other, entry);
                continue;
            }
            // One place that can't be had must not keep this process from having its own.
            try {
                takeOver(other);
            } catch (IOException | RuntimeException e) {
                findings.notTakenOver.add(parent + "/" + other + " (" + e + ")");
            }
        }
    }

    private void takeOver(String other) throws IOException {
        try (SpoolDirectory old = parent.directory(other)) {
            SpoolDirectory.Entry lock = old.entry(LOCK);
            if (lock == null) {
                return; // it is being made, or was taken over
            }
            if (!lock.isFile()) {
                foreign(parent, other, lock);
                return;
            }
            FileChannel held = lock(old, false);
            if (held == null) {
                return;
            }
            try {
                moveAll(old);
                old.delete(LOCK);
            } finally {
                held.close();
            }
            if (old.names().isEmpty()) {
                parent.deleteDirectory(other);
            }
        } catch (NoSuchFileException e) {
            // another process has just taken it over
        }
    }

    private void moveAll(SpoolDirectory old) throws IOException {
        for (String file : old.names()) {
            SpoolDirectory.Entry entry = old.entry(file);
            if (entry == null || file.equals(LOCK)) {
                continue;
            }
            if (!FILE_NAME.matcher(file).matches()) {
                foreign(old, file, entry);
            } else if (!file.endsWith(UNFINISHED)) {
                old.move(file, directory, file);
            } else if (entry.isFile()) {
                old.delete(file); // its lines ended with the memory of their process
            } else {
                foreign(old, file, entry);
            }
        }
    }

    private void foreign(SpoolDirectory where, String file, SpoolDirectory.Entry entry) {
        findings.foreign.add(where + "/" + file);
        findings.foreignBytes += entry.isFile() ? countedSize(entry) : 0;
    }

    /** The locked file of a place; null if somebody else holds it, or if there is none and it is not to be made. */
    @Nullable
    private static FileChannel lock(SpoolDirectory place, boolean make) throws IOException {
        Set<OpenOption> options =
                make ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.WRITE);
        FileChannel channel = place.open(LOCK, options);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null && place.entry(LOCK) != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // another appender of this process holds it
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    Findings findings() {
        return findings;
    }

    /** The names of all batches, in the order of their lines. */
    List<String> batches() throws IOException {
        return named(BATCH);
    }

    /** The names of all files that were set aside, the oldest first. */
    List<String> setAside() throws IOException {
        return named(DAMAGED);
    }

    private List<String> named(String ending) throws IOException {
        return directory.names().stream()
                .filter(file -> file.endsWith(ending) && FILE_NAME.matcher(file).matches())
                .toList();
    }

    /** What a file counts for; zero if it is gone. */
    long sizeOf(String file) throws IOException {
        SpoolDirectory.Entry entry = directory.entry(file);
        return entry == null ? 0 : countedSize(entry);
    }

    /** Not more than a batch may have: of a larger file it is not known how much of the disk it takes. */
    private static long countedSize(SpoolDirectory.Entry entry) {
        return Math.min(entry.size(), SpoolFile.LARGEST);
    }

    /** Writes a file as a whole: afterwards it is there with all its bytes, or not at all. */
    void write(String file, byte[] bytes) throws IOException {
        String unfinished = file + UNFINISHED;
        try {
            despiteInterrupts(() -> {
                directory.delete(unfinished);
                return overwrite(unfinished, bytes, StandardOpenOption.CREATE_NEW);
            });
            directory.move(unfinished, directory, file);
        } catch (IOException | RuntimeException | Error e) {
            try {
                directory.delete(unfinished);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Returns how many bytes the file has then. */
    private long overwrite(String file, byte[] bytes, OpenOption... more) throws IOException {
        Set<OpenOption> options = new HashSet<>(List.of(more));
        options.add(StandardOpenOption.WRITE);
        try (FileChannel channel = directory.open(file, options)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.truncate(bytes.length);
        }
        return bytes.length;
    }

    /** All bytes of a file that can be a batch. Throws for anything else, and for a file without an end. */
    byte[] read(String file) throws IOException {
        SpoolDirectory.Entry entry = directory.entry(file);
        if (entry == null || !entry.isFile()) {
            throw new NoSuchFileException(file, null, entry == null ? "it is gone" : "it is not a file");
        }
        if (entry.size() > SpoolFile.LARGEST) {
            throw new IOException("it is larger than any batch");
        }
        return despiteInterrupts(() -> {
            try (FileChannel channel = directory.open(file, Set.of(StandardOpenOption.READ))) {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), SpoolFile.LARGEST));
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // goes on until it is full
                }
                return Arrays.copyOf(bytes.array(), bytes.position());
            }
        });
    }

    /** Reading or writing, which an interrupt may break off. */
    @FunctionalInterface
    private interface Access<T> {
        T run() throws IOException;
    }

    /** Does something as often as it is interrupted; the thread is interrupted afterwards, too. */
    private static <T> T despiteInterrupts(Access<T> access) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return access.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void delete(String file) throws IOException {
        directory.delete(file);
    }

    /**
     * Lets the next process know that a file that can't be deleted was delivered: its content may be writable even if the
     * directory is not. Returns what it goes on counting for.
     */
    long markDelivered(String file) throws IOException {
        return despiteInterrupts(() -> overwrite(file, DELIVERED));
    }

    static boolean isMarkedDelivered(byte[] content) {
        return Arrays.equals(content, DELIVERED);
    }

    /** Renames a file so that it is not taken for a batch again, and returns what it goes on counting for. */
    long setAside(String file) throws IOException {
        directory.move(file, directory, file + DAMAGED);
        return sizeOf(file + DAMAGED);
    }

    /** Whether the disk has less room than this. */
    boolean lacksSpaceFor(long bytes) throws IOException {
        return directory.usableSpace() < bytes;
    }

    /** Lets go of the place; if nothing is left in it, it goes away. */
    @Override
    public void close() throws IOException {
        try (parent;
                directory;
                lockChannel) {
            if (directory.names().stream().allMatch(LOCK::equals)) {
                directory.delete(LOCK);
                parent.deleteDirectory(name);
            }
        } finally {
            HELD.remove(parent + "/" + name);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
