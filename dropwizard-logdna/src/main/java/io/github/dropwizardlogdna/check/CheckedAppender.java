package io.github.dropwizardlogdna.check;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * An appender of the configuration file.
 *
 * @param path its place in the file, such as {@code logging.appenders[0]}
 * @param name its name, or the default one
 * @param enabled whether it ships anything
 * @param spoolDirectory the directory of its spool, if it has one
 * @param endpointCheck creates the check of its endpoint for the name of an application; throws an {@link
 *     IllegalArgumentException} with the reason if the options can't be read or are wrong
 */
public record CheckedAppender(
        String path,
        String name,
        boolean enabled,
        Optional<Path> spoolDirectory,
        Function<String, EndpointCheck> endpointCheck) {}
