package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Settings of the spool, which keeps undelivered batches on disk.
 *
 * @param directory the directory of one appender, below the configured one; created when it is needed
 * @param maxSize the maximum size of all its files in bytes
 * @param place the name of this process's place in it; names sort by the start of their processes
 * @param origin the host that is stored with the lines; called by the batcher and, at shutdown, by the thread that writes
 *     the last batches
 */
public record SpoolSettings(Path directory, long maxSize, String place, Supplier<HostInfo> origin) {}
