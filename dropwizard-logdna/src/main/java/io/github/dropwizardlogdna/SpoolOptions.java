package io.github.dropwizardlogdna;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.validation.MinDataSize;
import io.github.dropwizardlogdna.ingestion.Origin;
import io.github.dropwizardlogdna.shipping.SpoolSettings;
import jakarta.annotation.Nullable;
import jakarta.validation.constraints.NotNull;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The option {@code spool} of {@link LogDnaAppenderFactory}. */
final class SpoolOptions {

    /** When the last appender was built, in milliseconds: no two of a process have a place of the same name. */
    private static final AtomicLong LAST_PLACE = new AtomicLong();

    @Nullable
    @JsonProperty
    private String directory;

    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.BYTES)
    @JsonProperty
    private DataSize maxSize = DataSize.mebibytes(512);

    private final Set<String> unknownOptions = new LinkedHashSet<>();

    @JsonAnySetter
    void setUnknown(String option, @Nullable Object value) {
        unknownOptions.add(option);
    }

    /**
     * What is wrong with them.
     *
     * @param used whether the disk is to be asked, too
     */
    Map<String, String> problems(boolean used) {
        Map<String, String> problems = new LinkedHashMap<>();
        unknownOptions.forEach(option -> problems.put(option, OptionsCheck.unknown(option, SpoolOptions.class)));
        if (directory == null || directory.isBlank()) {
            problems.put(
                    "directory",
                    "must be set: a directory that this service may write to, on a volume that survives it");
            return problems;
        }
        try {
            Path path = Path.of(directory);
            if (used && problems.isEmpty()) {
                SpoolDirectoryCheck.problem(path).ifPresent(problem -> problems.put("directory", problem));
            }
        } catch (InvalidPathException e) {
            problems.put(
                    "directory",
                    "must be a path that this JVM can express: its file names are in "
                            + System.getProperty("sun.jnu.encoding")
                            + "; for other letters set LC_ALL=C.UTF-8 in the environment of the service");
        }
        return problems;
    }

    /** The configured directory; once there are no problems. */
    Path path() {
        return Path.of(directory == null ? "" : directory);
    }

    SpoolSettings settings(String appenderName, Supplier<Origin> origin) {
        String place = String.format(
                Locale.ROOT,
                "%016d-%d",
                LAST_PLACE.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis())),
                ProcessHandle.current().pid());
        return new SpoolSettings(path().resolve(fileName(appenderName)), maxSize.toBytes(), place, origin);
    }

    /** A name may hold anything; two names never share a directory. */
    private static String fileName(String appenderName) {
        String safe = appenderName.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.equals(appenderName) ? safe : safe + "-" + Integer.toHexString(appenderName.hashCode());
    }

    @Override
    public String toString() {
        return directory + " (" + maxSize + ")";
    }
}
