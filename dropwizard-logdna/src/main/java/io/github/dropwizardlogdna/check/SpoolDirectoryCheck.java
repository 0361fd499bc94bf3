package io.github.dropwizardlogdna.check;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Checks whether a directory can hold a spool, and leaves nothing behind in it. The check runs on a thread of its own for
 * up to 2 seconds, because a hanging disk must not block a start.
 */
public final class SpoolDirectoryCheck {

    static final String REMEDY =
            "Mount a volume with free space that this service may write to, give the directory to the"
                    + " service's user, or set spool.directory to another path.";

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private SpoolDirectoryCheck() {}

    /**
     * Returns the problem of a directory that this service may not write to. Empty as well if the disk does not answer:
     * that may pass, and lines stay in memory until then.
     */
    public static Optional<String> problem(Path directory) {
        return withinLimit(() -> problemOf(directory)).orElse(Optional.empty());
    }

    private static Optional<String> problemOf(Path directory) {
        Path existing = nearestExisting(directory);
        if (!Files.isDirectory(existing)) {
            return Optional.of(
                    existing.equals(directory.toAbsolutePath())
                            ? "must be a directory: " + existing + " is something else. Choose another path"
                            : "can't be created: " + existing + " is not a directory. Choose a path below one");
        }
        if (Files.isWritable(existing) && Files.isExecutable(existing)) {
            return Optional.empty();
        }
        String why = isReadOnly(existing)
                ? existing + " is on a read-only file system"
                : "the user " + System.getProperty("user.name") + " may not write to " + existing;
        return Optional.of("must be a directory that this service may write to: " + why
                + ". Mount a volume there, or give the directory to that user");
    }

    /** The directory itself, or the first above it that exists. */
    private static Path nearestExisting(Path directory) {
        Path existing = directory.toAbsolutePath();
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static boolean isReadOnly(Path existing) {
        try {
            return Files.getFileStore(existing).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    /** The result of a check. */
    record Finding(boolean passed, String words) {}

    /** Writes a file and deletes it: only this finds quotas and full disks. */
    static Finding tryWriting(Path directory) {
        return withinLimit(() -> write(directory))
                .orElse(new Finding(false, directory + " does not answer within " + LIMIT.toSeconds() + " s"));
    }

    private static Finding write(Path directory) {
        Path existing = nearestExisting(directory);
        try {
            Path file = Files.createTempFile(existing, "logdna-check", ".tmp");
            try {
                Files.write(file, new byte[1024]);
            } finally {
                Files.deleteIfExists(file);
            }
            return new Finding(true, directory + " can be written" + (isOpenToOthers(directory) ? OPEN_TO_OTHERS : ""));
        } catch (IOException e) {
            return new Finding(false, directory + " can't be written: " + reason(e));
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "its file system creates no files there";
        }
        return e instanceof FileSystemException more && more.getReason() != null
                ? more.getReason()
                : e.getClass().getSimpleName();
    }

    private static final String OPEN_TO_OTHERS = "; other users can write to it, too: revoke that (chmod go-w)";

    private static boolean isOpenToOthers(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view == null) {
            return false;
        }
        PosixFileAttributes attributes = view.readAttributes();
        return attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE) && !isSticky(directory);
    }

    /** In a sticky directory, such as {@code /tmp}, no user can replace the files of another. */
    private static boolean isSticky(Path directory) throws IOException {
        return directory.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((int) Files.getAttribute(directory, "unix:mode") & 0x200) != 0;
    }

    /** Empty if the question is not answered in time. */
    private static <T> Optional<T> withinLimit(Callable<T> question) {
        FutureTask<T> task = new FutureTask<>(question);
        Thread thread = new Thread(task, "logdna-spool-check");
        thread.setDaemon(true);
        thread.start();
        try {
            return Optional.of(task.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the check of the spool failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
