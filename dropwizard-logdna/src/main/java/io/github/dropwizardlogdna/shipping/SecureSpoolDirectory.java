package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A directory by its file descriptor ({@code openat} and the like), which no change of a path can redirect. */
final class SecureSpoolDirectory implements SpoolDirectory {

    private final Path path;
    private final SecureDirectoryStream<Path> stream;

    SecureSpoolDirectory(Path path, SecureDirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
    }

    private Path name(String name) {
        return path.getFileSystem().getPath(name);
    }

    @Override
    public List<String> names() throws IOException {
        // A stream can be read once.
        try (DirectoryStream<Path> entries = stream.newDirectoryStream(name("."), LinkOption.NOFOLLOW_LINKS)) {
            return SpoolDirectory.namesIn(entries);
        }
    }

    @Override
    public Entry self() throws IOException {
        PosixFileAttributeView view = stream.getFileAttributeView(PosixFileAttributeView.class);
        return Entry.of(
                view == null
                        ? stream.getFileAttributeView(BasicFileAttributeView.class)
                                .readAttributes()
                        : view.readAttributes());
    }

    @Override
    @Nullable
    public Entry entry(String name) throws IOException {
        try {
            PosixFileAttributeView view =
                    stream.getFileAttributeView(name(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            return Entry.of(
                    view == null
                            ? stream.getFileAttributeView(
                                            name(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                                    .readAttributes()
                            : view.readAttributes());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public FileChannel open(String name, Set<OpenOption> options) throws IOException {
        Set<OpenOption> all = new HashSet<>(options);
        all.add(LinkOption.NOFOLLOW_LINKS);
        SeekableByteChannel channel =
                stream.newByteChannel(name(name), all, SpoolDirectory.ownerOnly(path, "rw-------"));
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new IOException(path + " is on a file system without file channels");
    }

    @Override
    public SpoolDirectory directory(String name) throws IOException {
        return new SecureSpoolDirectory(
                path.resolve(name), stream.newDirectoryStream(name(name), LinkOption.NOFOLLOW_LINKS));
    }

    /** Uses the path. If that leads elsewhere meanwhile, an empty directory is created there, and never opened. */
    @Override
    public void makeDirectory(String name) throws IOException {
        SpoolDirectory.create(path.resolve(name));
    }

    @Override
    public void move(String name, SpoolDirectory target, String newName) throws IOException {
        if (!(target instanceof SecureSpoolDirectory secure)) {
            throw new IllegalArgumentException("a directory of another kind");
        }
        stream.move(name(name), secure.stream, name(newName));
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            stream.deleteFile(name(name));
        } catch (NoSuchFileException e) {
            // already gone
        }
    }

    @Override
    public void deleteDirectory(String name) throws IOException {
        try {
            stream.deleteDirectory(name(name));
        } catch (NoSuchFileException e) {
            // already gone
        }
    }

    @Override
    public long usableSpace() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
