package io.github.dropwizardlogdna;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.validation.MinDataSize;
import io.github.dropwizardlogdna.check.SpoolDirectoryCheck;
import io.github.dropwizardlogdna.config.OptionProblems;
import io.github.dropwizardlogdna.config.OptionsCheck;
import io.github.dropwizardlogdna.ingestion.HostInfo;
import io.github.dropwizardlogdna.shipping.SpoolSettings;
import jakarta.annotation.Nullable;
import jakarta.validation.constraints.NotNull;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The option {@code spool}: files in a directory hold the lines that are not delivered yet, and survive the process.
 *
 * <table>
 * <caption>Configuration</caption>
 * <tr><th>Name</th><th>Default</th><th>Description</th></tr>
 * <tr><td>{@code directory}</td><td>none</td><td>Required: a directory that the service may write to. If
 *     it is empty, as an environment variable may be, there is no spool.</td></tr>
 * <tr><td>{@code maxSize}</td><td>512MiB</td><td>The largest total size of the files.</td></tr>
 * </table>
 */
public final class SpoolOptions {

    /** The time, in milliseconds, in the name of the last place: unique in the process. */
    private static final AtomicLong LAST_PLACE = new AtomicLong();

    @Nullable
    private String directory;

    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.BYTES)
    private DataSize maxSize = DataSize.mebibytes(512);

    private final Set<String> unknownOptions = new LinkedHashSet<>();

    @Nullable
    @JsonProperty
    public String getDirectory() {
        return directory;
    }

    @JsonProperty
    public void setDirectory(@Nullable String directory) {
        this.directory = directory;
    }

    @JsonProperty
    public DataSize getMaxSize() {
        return maxSize;
    }

    @JsonProperty
    public void setMaxSize(DataSize maxSize) {
        this.maxSize = maxSize;
    }

    @JsonAnySetter
    void setUnknown(String option, @Nullable Object value) {
        unknownOptions.add(option);
    }

    /**
     * Returns the problems by the name of the option.
     *
     * @param used whether to check the disk as well
     */
    Map<String, String> problems(boolean used) {
        Map<String, String> problems = new LinkedHashMap<>();
        unknownOptions.forEach(
                option -> problems.put(option, OptionsCheck.unknown(option, "spool", SpoolOptions.class)));
        if (directory == null || directory.isBlank()) {
            problems.put(
                    "directory",
                    "must be set: a directory that this service may write to, on a volume that survives it");
            return problems;
        }
        if (directory.contains("${")) {
            problems.put("directory", OptionProblems.UNSUBSTITUTED);
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

    /** The directory, if there are no problems. */
    Path path() {
        return Path.of(directory == null ? "" : directory);
    }

    SpoolSettings settings(String appenderName, Supplier<HostInfo> origin) {
        String place = String.format(
                Locale.ROOT,
                "%016d-%d",
                LAST_PLACE.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis())),
                ProcessHandle.current().pid());
        return new SpoolSettings(path().resolve(fileName(appenderName)), maxSize.toBytes(), place, origin);
    }

    /** A name may contain any character. A hash distinguishes names that differ only in replaced characters. */
    private static String fileName(String appenderName) {
        String safe = appenderName.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.equals(appenderName)
                ? safe
                : safe + "-" + UUID.nameUUIDFromBytes(appenderName.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return directory + " (" + maxSize + ")";
    }
}
