package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An open directory. Names are names of its entries, never paths. No operation follows a symbolic link or leaves the
 * directory, even if another one replaces it meanwhile. New entries are readable by their owner only.
 *
 * <p>Any thread; {@link #close} waits for running operations.
 */
interface SpoolDirectory extends Closeable {

    /** Opens a directory by its path. Tests replace it to make a disk fail. */
    @FunctionalInterface
    interface Opener {

        SpoolDirectory open(Path path) throws IOException;
    }

    /** Opens a directory. Fails if it is a symbolic link, or is replaced while it is opened. */
    @SuppressWarnings("StreamResourceLeak") // the returned directory closes it
    static SpoolDirectory open(Path path) throws IOException {
        BasicFileAttributes expected = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!expected.isDirectory()) {
            throw new IOException(path + " is not a directory");
        }
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
            stream.close();
            return new PlainSpoolDirectory(path);
        }
        SpoolDirectory opened = new SecureSpoolDirectory(path, secure);
        try {
            if (!Objects.equals(opened.self().key(), expected.fileKey())) {
                throw new IOException(path + " was replaced while it was opened");
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The names of all entries, sorted. */
    List<String> names() throws IOException;

    /** This directory. */
    Entry self() throws IOException;

    /** An entry; null if there is none of this name. */
    @Nullable
    Entry entry(String name) throws IOException;

    /** Opens a file. */
    FileChannel open(String name, Set<OpenOption> options) throws IOException;

    /** Opens a directory in this one. */
    SpoolDirectory directory(String name) throws IOException;

    /** Creates a directory, unless it exists. */
    void makeDirectory(String name) throws IOException;

    /** Moves an entry atomically. */
    void move(String name, SpoolDirectory target, String newName) throws IOException;

    /** Deletes a file, if it exists. */
    void delete(String name) throws IOException;

    /** Deletes an empty directory, if it exists. */
    void deleteDirectory(String name) throws IOException;

    /** The bytes that this process may still write to the disk. */
    long usableSpace() throws IOException;

    /** For messages. */
    @Override
    String toString();

    /**
     * The attributes of a file or a directory.
     *
     * @param isFile whether it is a regular file; links and pipes are not
     * @param isDirectory whether it is a directory; links are not
     * @param size in bytes; a sparse file takes less of the disk
     * @param key identifies the file; null if the file system has no such keys
     * @param owner null if the file system has no owners
     * @param permissions empty if the file system has none
     */
    record Entry(
            boolean isFile,
            boolean isDirectory,
            long size,
            @Nullable Object key,
            @Nullable String owner,
            Set<PosixFilePermission> permissions) {

        static Entry of(BasicFileAttributes attributes) {
            PosixFileAttributes posix = attributes instanceof PosixFileAttributes more ? more : null;
            return new Entry(
                    attributes.isRegularFile(),
                    attributes.isDirectory(),
                    attributes.size(),
                    attributes.fileKey(),
                    posix == null ? null : posix.owner().getName(),
                    posix == null ? Set.of() : posix.permissions());
        }

        boolean mayBeWrittenByOthers() {
            return permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        }
    }

    /** The names of all entries that a stream yields, sorted. */
    static List<String> namesIn(DirectoryStream<Path> entries) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    /** Creates a directory at {@code path}, unless the path exists. */
    static void create(Path path) throws IOException {
        try {
            Files.createDirectory(path, ownerOnly(path, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            // opening it fails if it is no directory
        }
    }

    /** The attributes of a new entry at {@code path}; none if its file system has no permissions. */
    static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
