package io.github.dropwizardlogdna.shipping;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Problems with a spool. Each is reported separately, because each has its own remedy. */
public enum SpoolProblem {
    /** The spool can't be opened or written. Batches stay in memory. */
    UNWRITABLE,
    /** The disk has no room for a batch. It stays in memory. */
    DISK_FULL,
    /** A file is not a complete batch. It was set aside, deleted if enough others were, or left if it can't be moved. */
    DAMAGED,
    /** A file can't be read now. It stays, with all later ones, and reading is retried. */
    UNREADABLE,
    /** Files or directories were found that no appender of this name has written. They stay untouched. */
    FOREIGN,
    /** Other users may write to the directory. It is used anyway. */
    OPEN_TO_OTHERS,
    /** Batches of an earlier process can't be moved. They stay for the next start. */
    NOT_TAKEN_OVER,
    /** A delivered file can't be deleted. */
    NOT_DELETED;

    /** What a failure says of itself. The library's own messages are complete; those of the JDK may be a path only. */
    static String words(Throwable why) {
        boolean ownWords = why instanceof IOException && !(why instanceof FileSystemException);
        return ownWords && why.getMessage() != null ? why.getMessage() : why.toString();
    }
}
