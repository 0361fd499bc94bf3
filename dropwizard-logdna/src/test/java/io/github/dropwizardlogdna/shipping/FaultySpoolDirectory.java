package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A real directory on a disk that fails on demand: permissions would not stop a test that runs as root. */
final class FaultySpoolDirectory implements SpoolDirectory {

    /** The faults of the disk, for all directories on it. Any thread may change them at any time. */
    static final class Disk {
        volatile boolean refusesToOpen;
        volatile boolean refusesLists;
        volatile boolean refusesDeletes;
        volatile boolean refusesWrites;
        volatile boolean full;
        /** As a network file system may if the answer was lost. */
        volatile boolean reportsMovesAsFailed;
        /** Files whose name starts so can't be read. */
        @Nullable
        volatile String refusesReads;
        /** What happens between a decision to read and the reading. */
        volatile Runnable beforeReads = () -> {};
        /** What happens before each write. */
        volatile Runnable beforeWrites = () -> {};
        /** While it is set, nothing returns. */
        @Nullable
        volatile CountDownLatch hangs;

        SpoolDirectory open(java.nio.file.Path path) throws IOException {
            answer();
            if (refusesToOpen) {
                throw new AccessDeniedException(path.toString());
            }
            return new FaultySpoolDirectory(this, SpoolDirectory.open(path));
        }

        private void answer() {
            CountDownLatch latch = hangs;
            while (latch != null && latch.getCount() > 0) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    // a system call is not interrupted either
                }
            }
        }
    }

    private final Disk disk;
    private final SpoolDirectory real;

    private FaultySpoolDirectory(Disk disk, SpoolDirectory real) {
        this.disk = disk;
        this.real = real;
    }

    @Override
    public List<String> names() throws IOException {
        disk.answer();
        if (disk.refusesLists) {
            throw new FileSystemException(real.toString(), null, "Too many open files");
        }
        return real.names();
    }

    @Override
    public Entry self() throws IOException {
        disk.answer();
        return real.self();
    }

    @Override
    @Nullable
    public Entry entry(String name) throws IOException {
        disk.answer();
        return real.entry(name);
    }

    @Override
    public FileChannel open(String name, Set<OpenOption> options) throws IOException {
        disk.answer();
        boolean writes = options.contains(StandardOpenOption.WRITE);
        if (writes && disk.refusesWrites) {
            throw new AccessDeniedException(name);
        }
        if (writes) {
            disk.beforeWrites.run();
        }
        if (writes && disk.full) {
            throw new FileSystemException(name, null, "No space left on device");
        }
        if (!writes) {
            disk.beforeReads.run();
        }
        String unreadable = disk.refusesReads;
        if (!writes && unreadable != null && name.startsWith(unreadable)) {
            throw new FileSystemException(name, null, "Too many open files");
        }
        return real.open(name, options);
    }

    @Override
    public SpoolDirectory directory(String name) throws IOException {
        disk.answer();
        return new FaultySpoolDirectory(disk, real.directory(name));
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        disk.answer();
        real.makeDirectory(name);
    }

    @Override
    public void move(String name, SpoolDirectory target, String newName) throws IOException {
        disk.answer();
        real.move(name, ((FaultySpoolDirectory) target).real, newName);
        if (disk.reportsMovesAsFailed) {
            throw new NoSuchFileException(name);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        disk.answer();
        if (disk.refusesDeletes) {
            throw new AccessDeniedException(name);
        }
        real.delete(name);
    }

    @Override
    public void deleteDirectory(String name) throws IOException {
        disk.answer();
        real.deleteDirectory(name);
    }

    @Override
    public long usableSpace() throws IOException {
        disk.answer();
        return real.usableSpace();
    }

    @Override
    public void close() throws IOException {
        disk.answer();
        real.close();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
