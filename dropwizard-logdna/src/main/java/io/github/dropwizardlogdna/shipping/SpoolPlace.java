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
 * A directory of batch files that one process owns, by a lock on a file in it.
 *
 * <pre>
 *  DIRECTORY/                         one for each appender name
 *    0001763833000000-4711/           a place: one for each process, in the order of their starts
 *      lock                           locked until that process ends, however it ends
 *      0001763833000000-4711_0000000000000001.batch
 *      0001763833000000-4711_0000000000000002.batch.tmp      being written
 *      ....batch.damaged              set aside: not a complete batch
 * </pre>
 *
 * The names of batches sort in the order of their lines, including those of earlier processes, which are moved into the
 * place of the process that takes them over. Entries with names of another form stay untouched.
 *
 * <p>A file is written under another name and then renamed in one step. A batch that was added survives the end of the
 * process, even {@code kill -9}, because the operating system has its bytes. A new file is not forced to the disk, so the last
 * seconds before a power failure may be lost; the checksum detects a file that such a failure has truncated.
 *
 * <p>An interrupt closes a channel that is being read or written. The channel of the lock is neither, so the lock stays;
 * reads and writes are retried.
 *
 * <p>After {@link #open} any thread may call. The caller must ensure that no two threads use the same file.
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
     * Overwrites a delivered file that can't be deleted. Not empty, because a power failure leaves empty files.
     */
    private static final byte[] DELIVERED = {'d', 'e', 'l', 'i', 'v', 'e', 'r', 'e', 'd', '\n'};

    /** Places of this process. POSIX releases a lock if the process opens and closes its file once more. */
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

    /** Findings besides batches while a place was opened, as texts. Filled by {@link #open}. */
    static final class Findings {

        /** Entries that do not belong to this appender. */
        final List<String> foreign = new ArrayList<>();
        /** Bytes of the files among them. */
        long foreignBytes;
        /** Places whose files could not all be moved, and why. */
        final List<String> notTakenOver = new ArrayList<>();
        /** Directories that other users may write to. */
        final List<String> openToOthers = new ArrayList<>();
    }

    /**
     * Creates a place in a directory, and moves into it the files of processes that have ended.
     *
     * @param directory a directory for this appender only; its parents may be links, but it must not be one
     * @param name the name of the place
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
            SpoolPlace place = create(parent, name);
            if (openToOthers) {
                place.findings.openToOthers.add(configured.toString());
            }
            return place;
        } catch (IOException | RuntimeException | Error e) {
            parent.close();
            throw e;
        }
    }

    /** In a sticky directory, such as {@code /tmp}, no user can replace the files of another. */
    private static boolean isSticky(Path directory) throws IOException {
        return directory.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((int) Files.getAttribute(directory, "unix:mode") & 0x200) != 0;
    }

    private static SpoolPlace create(SpoolDirectory parent, String name) throws IOException {
        if (!HELD.add(parent + "/" + name)) {
            throw new IOException(parent + "/" + name + " is held by another appender");
        }
        SpoolDirectory directory = null;
        FileChannel lock = null;
        try {
            parent.makeDirectory(name);
            directory = parent.directory(name);
            lock = lock(directory, true);
            if (lock == null) {
                throw new IOException(directory + " is held by another process");
            }
            SpoolPlace place = new SpoolPlace(parent, name, directory, lock);
            place.checkOwners();
            place.takeOverOthers();
            return place;
        } catch (IOException | RuntimeException | Error e) {
            // Both would block the next attempt.
            HELD.remove(parent + "/" + name);
            if (lock != null) {
                lock.close();
            }
            if (directory != null) {
                directory.close();
            }
            throw e;
        }
    }

    /** Another user who owns a directory could fill, empty and read it. */
    private void checkOwners() throws IOException {
        SpoolDirectory.Entry lock = directory.entry(LOCK);
        String user = lock == null ? null : lock.owner();
        for (SpoolDirectory each : List.of(parent, directory)) {
            SpoolDirectory.Entry self = each.self();
            if (!isTrusted(self, user)) {
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
            // A place that can't be taken over must not keep this process from having its own.
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
                return; // it is being created, or was taken over
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
                old.delete(file); // its lines were lost with the memory of their process
            } else {
                foreign(old, file, entry);
            }
        }
    }

    private void foreign(SpoolDirectory where, String file, SpoolDirectory.Entry entry) {
        findings.foreign.add(where + "/" + file);
        findings.foreignBytes += entry.isFile() ? countedSize(entry) : 0;
    }

    /** Locks a place; returns null if another process holds it, or if there is no lock file and {@code create} is false. */
    @Nullable
    private static FileChannel lock(SpoolDirectory place, boolean create) throws IOException {
        Set<OpenOption> options =
                create ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.WRITE);
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

    /** The names of all files that were set aside, oldest first. */
    List<String> setAside() throws IOException {
        return named(DAMAGED);
    }

    private List<String> named(String ending) throws IOException {
        return directory.names().stream()
                .filter(file -> file.endsWith(ending) && FILE_NAME.matcher(file).matches())
                .toList();
    }

    /** The size with which a file counts; zero if it is gone. */
    long sizeOf(String file) throws IOException {
        SpoolDirectory.Entry entry = directory.entry(file);
        return entry == null ? 0 : countedSize(entry);
    }

    /** At most the largest batch: a larger file may be sparse. */
    private static long countedSize(SpoolDirectory.Entry entry) {
        return Math.min(entry.size(), SpoolFile.LARGEST);
    }

    /** Writes a file atomically: afterwards it exists with all its bytes, or not at all. */
    void write(String file, byte[] bytes) throws IOException {
        write(file, bytes, StandardOpenOption.CREATE_NEW);
    }

    /**
     * Replaces a file atomically: afterwards it has all the new bytes or all the old ones. The new ones are forced to the disk
     * before.
     */
    void replace(String file, byte[] bytes) throws IOException {
        write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC);
    }

    private void write(String file, byte[] bytes, OpenOption... options) throws IOException {
        String unfinished = file + UNFINISHED;
        try {
            despiteInterrupts(() -> {
                directory.delete(unfinished);
                return overwrite(unfinished, bytes, options);
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

    /** Returns the size of the file after that. */
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

    /** All bytes of a file. Throws if it is no regular file, or larger than any batch. */
    byte[] read(String file) throws IOException {
        SpoolDirectory.Entry entry = directory.entry(file);
        if (entry == null || !entry.isFile()) {
            throw new NotABatchException(entry == null ? "it is gone" : "it is not a file");
        }
        if (entry.size() > SpoolFile.LARGEST) {
            throw new NotABatchException("it is larger than any batch");
        }
        return despiteInterrupts(() -> {
            try (FileChannel channel = directory.open(file, Set.of(StandardOpenOption.READ))) {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), SpoolFile.LARGEST));
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // until it is full
                }
                return Arrays.copyOf(bytes.array(), bytes.position());
            }
        });
    }

    /** A file can't be a batch, whenever it is read. */
    static final class NotABatchException extends IOException {

        private static final long serialVersionUID = 1;

        NotABatchException(String reason) {
            super(reason);
        }
    }

    /** A read or write, which an interrupt may break. */
    @FunctionalInterface
    private interface Access<T> {
        T run() throws IOException;
    }

    /** Retries an access as often as it is interrupted, and keeps the interrupt flag of the thread. */
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
     * Marks a file that can't be deleted as delivered, for the next process: its content may be writable even if the
     * directory is not. Returns the size with which it still counts.
     */
    long markDelivered(String file) throws IOException {
        return despiteInterrupts(() -> overwrite(file, DELIVERED));
    }

    static boolean isMarkedDelivered(byte[] content) {
        return Arrays.equals(content, DELIVERED);
    }

    /** Renames a file so that it is not read as a batch again. Returns the size with which it still counts. */
    long setAside(String file) throws IOException {
        directory.move(file, directory, file + DAMAGED);
        return sizeOf(file + DAMAGED);
    }

    /** Whether the disk has less space than this. */
    boolean lacksSpaceFor(long bytes) throws IOException {
        return directory.usableSpace() < bytes;
    }

    /** Releases the place, and deletes it if it is empty. */
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
