package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Origin;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Where undelivered batches live.
 *
 * @param directory the appender's own, below the configured one; made when it is needed
 * @param maxSize the most bytes that all files in it may have
 * @param place the name of this process's place in it; places sort by the start of their processes
 * @param origin what is written down with the lines; asked on the batcher's thread
 */
public record SpoolSettings(Path directory, long maxSize, String place, Supplier<Origin> origin) {}
