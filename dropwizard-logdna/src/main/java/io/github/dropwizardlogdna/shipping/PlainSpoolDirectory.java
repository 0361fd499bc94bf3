package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A directory by its path, for file systems without {@link java.nio.file.SecureDirectoryStream}. Checks before each
 * operation that the path still leads to the directory that was opened, which leaves a gap between check and operation.
 */
final class PlainSpoolDirectory implements SpoolDirectory {

    private final Path path;

    @Nullable
    private final Object key;

    PlainSpoolDirectory(Path path) throws IOException {
        this.path = path;
        this.key = attributes(path).fileKey();
    }

    private Path checked(String name) throws IOException {
        BasicFileAttributes now = attributes(path);
        if (!now.isDirectory() || !Objects.equals(now.fileKey(), key)) {
            throw new IOException(path + " was replaced by something else");
        }
        return path.resolve(name);
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Class<? extends BasicFileAttributes> type = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
        return Files.readAttributes(file, type, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> names() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(checked(""))) {
            return SpoolDirectory.namesIn(entries);
        }
    }

    @Override
    public Entry self() throws IOException {
        return Entry.of(attributes(checked("")));
    }

    @Override
    @Nullable
    public Entry entry(String name) throws IOException {
        Path file = checked(name);
        try {
            return Entry.of(attributes(file));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public FileChannel open(String name, Set<OpenOption> options) throws IOException {
        Set<OpenOption> all = new HashSet<>(options);
        all.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(checked(name), all, SpoolDirectory.ownerOnly(path, "rw-------"));
    }

    @Override
    public SpoolDirectory directory(String name) throws IOException {
        Path child = checked(name);
        if (!Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(child + " is not a directory");
        }
        return new PlainSpoolDirectory(child);
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        SpoolDirectory.create(checked(name));
    }

    @Override
    public void move(String name, SpoolDirectory target, String newName) throws IOException {
        if (!(target instanceof PlainSpoolDirectory plain)) {
            throw new IllegalArgumentException("a directory of another kind");
        }
        Files.move(checked(name), plain.checked(newName), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Path file = checked(name);
        if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public void deleteDirectory(String name) throws IOException {
        Path directory = checked(name);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(directory);
        }
    }

    @Override
    public long usableSpace() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public void close() {
        // nothing is open
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
