package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * A directory of batch files that one process holds, by a lock on a file in it.
 *
 * <pre>
 *  DIRECTORY/                         one for each name of an appender
 *    0001763833000000-4711/           a place: one for each process, in the order of their starts
 *      lock                           locked as long as that process lives, whatever ends it
 *      0001763833000000-4711_0000000000000001.batch
 *      0001763833000000-4711_0000000000000002.batch.tmp      being written
 *      ....damaged                    set aside: no batch, or not a whole one
 * </pre>
 *
 * The names of batches sort in the order of their lines, also those of earlier processes, which are moved into the place
 * of the process that takes them over.
 *
 * <p>A file is written under another name and then renamed, in one step. What survives: a batch that was added survives
 * the end of the process, whatever ends it ({@code kill -9} included), because its bytes are with the operating system by
 * then. It is not forced to the disk, so the last seconds before a power failure may be lost; a file that such a failure
 * has cut short is found by its checksum.
 *
 * <p>Not thread-safe by itself: after {@link #open}, the batcher writes, and the sender reads and deletes, other files.
 */
final class SpoolPlace implements AutoCloseable {

    static final String BATCH = ".batch";
    private static final String UNFINISHED = ".tmp";
    private static final String DAMAGED = ".damaged";
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lockChannel;
    private final List<String> notTakenOver = new ArrayList<>();

    private SpoolPlace(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    /** Makes a place in a directory, and moves into it what processes that have ended have left there. */
    static SpoolPlace open(Path directory, String name) throws IOException {
        makeDirectory(directory);
        Path path = directory.resolve(name);
        makeDirectory(path);
        FileChannel channel = lock(path);
        if (channel == null) {
            throw new IOException(path + " is held by another process");
        }
        SpoolPlace place = new SpoolPlace(path, channel);
        try {
            for (Path other : entries(directory)) {
                if (!other.equals(path) && isPlace(other)) {
                    place.tryToTakeOver(other);
                }
            }
        } catch (IOException | RuntimeException e) {
            place.close(); // or its lock would keep out the next attempt
            throw e;
        }
        return place;
    }

    /** Anything else in the directory is not ours to move. */
    private static boolean isPlace(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && isFile(path.resolve(LOCK));
    }

    /** One place that can't be had must not keep this process from having its own. */
    private void tryToTakeOver(Path other) {
        try {
            takeOver(other);
        } catch (IOException | RuntimeException e) {
            notTakenOver.add(other + " (" + e + ")");
        }
    }

    private void takeOver(Path other) throws IOException {
        FileChannel held = lock(other);
        if (held == null) {
            return;
        }
        try {
            for (Path file : entries(other)) {
                String name = file.getFileName().toString();
                if (name.endsWith(UNFINISHED) && isFile(file)) {
                    Files.deleteIfExists(file); // its lines ended with the memory of their process
                } else if (!name.equals(LOCK)) {
                    Files.move(file, path.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            Files.deleteIfExists(other.resolve(LOCK));
            Files.deleteIfExists(other);
        } catch (DirectoryNotEmptyException e) {
            // A third process has just looked for the lock, and made it anew: it will clean up.
        } finally {
            held.close();
        }
    }

    /** The locked file of a place, or null where somebody else holds it, in this process or another. */
    @Nullable
    private static FileChannel lock(Path place) throws IOException {
        FileChannel channel = FileChannel.open(
                place.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                ownerOnly("rw-------"));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // An appender of this process holds it.
        }
        channel.close();
        return null;
    }

    /** The names of all batches, in the order of their lines. */
    List<String> batches() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path file : entries(path)) {
            String name = file.getFileName().toString();
            if (name.endsWith(BATCH)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The bytes of all files, those that were set aside included. */
    long bytes() throws IOException {
        long sum = 0;
        for (Path file : entries(path)) {
            sum += sizeOf(file);
        }
        return sum;
    }

    /** Places of processes that have ended whose files could not all be moved into this one, and why. */
    List<String> notTakenOver() {
        return notTakenOver;
    }

    /** How many files there are that are neither batches nor this class's own. */
    int foreignFiles() throws IOException {
        int foreign = 0;
        for (Path file : entries(path)) {
            String name = file.getFileName().toString();
            if (!name.endsWith(BATCH) && !name.endsWith(DAMAGED) && !name.equals(LOCK)) {
                foreign++;
            }
        }
        return foreign;
    }

    long sizeOf(String name) {
        return sizeOf(path.resolve(name));
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // it is gone
        }
    }

    /** Writes a file as a whole: afterwards it is there with all its bytes, or not at all. */
    void write(String name, byte[] bytes) throws IOException {
        Path unfinished = path.resolve(name + UNFINISHED);
        try {
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    ownerOnly("rw-------"))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            Files.move(unfinished, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** All bytes of a file that can be a batch; of anything else, and be it endless, none. */
    byte[] read(String name) throws IOException {
        Path file = path.resolve(name);
        if (!isFile(file)) {
            throw new NoSuchFileException(name, null, "it is no file, or it is gone");
        }
        if (Files.size(file) > SpoolFile.LARGEST) {
            throw new IOException("it is larger than any batch");
        }
        return Files.readAllBytes(file);
    }

    void delete(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
    }

    /** Renames a file so that it is not taken for a batch again, and returns how many bytes it goes on taking. */
    long setAside(String name) throws IOException {
        Path aside = path.resolve(name + DAMAGED);
        Files.move(path.resolve(name), aside, StandardCopyOption.ATOMIC_MOVE);
        return sizeOf(aside);
    }

    /** Lets go of the place; where nothing is left in it, it goes away. */
    @Override
    public void close() throws IOException {
        boolean empty = entries(path).stream()
                .allMatch(file -> file.getFileName().toString().equals(LOCK));
        if (empty) {
            Files.deleteIfExists(path.resolve(LOCK));
        }
        lockChannel.close();
        if (empty) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** A file of its own: no directory, no pipe, and no symbolic link, which would lead out of the spool. */
    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException e) {
            return entries; // another process has just taken it over
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        return entries;
    }

    private static void makeDirectory(Path directory) throws IOException {
        Files.createDirectories(directory, ownerOnly("rwx------"));
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
