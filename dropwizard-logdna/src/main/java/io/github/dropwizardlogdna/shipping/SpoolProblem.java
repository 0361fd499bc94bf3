package io.github.dropwizardlogdna.shipping;

/** What can be wrong with a spool. Each is reported by itself, because each has a remedy of its own. */
public enum SpoolProblem {
    /** The spool can't be opened or written. Batches stay in memory. */
    UNWRITABLE,
    /** The disk has no room for a batch. It stays in memory. */
    DISK_FULL,
    /** A file is not a whole batch. It was set aside. */
    DAMAGED,
    /** Files or directories that no appender of this name has written. They are left alone. */
    FOREIGN,
    /** Other users may write to the directory. It is used nevertheless. */
    OPEN_TO_OTHERS,
    /** Batches of an earlier process can't be moved. They wait for the next start. */
    NOT_TAKEN_OVER,
    /** A delivered file can't be deleted. */
    NOT_DELETED
}
