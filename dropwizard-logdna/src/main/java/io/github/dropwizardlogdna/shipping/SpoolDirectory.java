package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
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
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An open directory. Names are those of its entries, never paths. No operation follows a symbolic link or leaves the
 * directory, even if another one is put in its place meanwhile. What is made in it is readable by its owner alone.
 *
 * <p>Any thread; {@link #close} waits for the operations that are under way.
 */
interface SpoolDirectory extends Closeable {

    /** How a directory is opened by its path: a seam for disks that fail. */
    @FunctionalInterface
    interface Opener {

        SpoolDirectory open(Path path) throws IOException;
    }

    /** Opens a directory; fails for a symbolic link, and if it is not the directory that was there before. */
    @SuppressWarnings("StreamResourceLeak") // what is returned closes it
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
        if (!Objects.equals(opened.self().key(), expected.fileKey())) {
            opened.close();
            throw new IOException(path + " was replaced while it was opened");
        }
        return opened;
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

    /** Makes a directory, unless there is one. */
    void makeDirectory(String name) throws IOException;

    /** Moves an entry, in one step. */
    void move(String name, SpoolDirectory target, String newName) throws IOException;

    /** Deletes a file, if there is one. */
    void delete(String name) throws IOException;

    /** Deletes an empty directory, if there is one. */
    void deleteDirectory(String name) throws IOException;

    /** The bytes that this process may still write to the disk. */
    long usableSpace() throws IOException;

    /** For messages. */
    @Override
    String toString();

    /**
     * What is known of a file or a directory.
     *
     * @param isFile whether it is a regular file; links and pipes are not
     * @param isDirectory whether it is a directory; links are not
     * @param size in bytes; a sparse file takes less of the disk
     * @param key tells it from all others; null if the file system has no such thing
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

    /** Attributes of what is made at {@code path}; none if its file system has no permissions. */
    static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
