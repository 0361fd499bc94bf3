package io.github.dropwizardlogdna.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.validation.BaseValidator;
import io.dropwizard.validation.ConstraintViolations;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Validates the appenders that Dropwizard does not validate: it parses those under {@code logging.loggers} without
 * validation and ignores unknown names there. The constraints and the messages are the same.
 */
public final class OptionsCheck {

    /** One letter in this many may differ. */
    private static final int LETTERS_A_TYPING_ERROR = 3;

    private OptionsCheck() {}

    /**
     * Validates options as Dropwizard does.
     *
     * @throws IllegalArgumentException with all problems
     */
    public static void orThrow(CheckedOptions options) {
        List<String> problems = problems(options);
        if (!problems.isEmpty()) {
            throw error(String.join("\n  * ", problems));
        }
    }

    /** Validates options as Dropwizard does, and returns the problems with the paths of the options. */
    public static List<String> problems(CheckedOptions options) {
        boolean declared = DeclaredAppenders.contains(options);
        Set<ConstraintViolation<CheckedOptions>> violations = Validators.INSTANCE.validate(options);
        if (!declared) {
            DeclaredAppenders.remove(options); // this was not Dropwizard's validation
        }
        return violations.stream().map(ConstraintViolations::format).sorted().toList();
    }

    /** Creates the exception for these problems. */
    public static IllegalArgumentException error(String problems) {
        return new IllegalArgumentException("An appender of type logdna has an error:\n  * " + problems + "\n");
    }

    /**
     * The problem of an option that does not exist.
     *
     * @param place what it is not an option of
     */
    public static String unknown(String option, String place, Class<?> options) {
        List<String> known = options(options);
        return "is not an option of " + place + "; "
                + closest(option, known)
                        .map(name -> "did you mean " + name + "?")
                        .orElse("the options are " + known);
    }

    private static List<String> options(Class<?> factory) {
        ObjectMapper mapper = Jackson.newObjectMapper();
        return mapper.getDeserializationConfig().introspect(mapper.constructType(factory)).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .sorted()
                .toList();
    }

    /** The option that was probably meant: one letter in three may differ; dashes and case do not count. */
    private static Optional<String> closest(String option, List<String> known) {
        String written = letters(option);
        LevenshteinDistance distance = new LevenshteinDistance(written.length() / LETTERS_A_TYPING_ERROR);
        return known.stream()
                .filter(name -> distance.apply(letters(name), written) >= 0)
                .min(Comparator.comparing(name -> distance.apply(letters(name), written)));
    }

    private static String letters(String name) {
        return name.replaceAll("[-_. ]", "").toLowerCase(Locale.ROOT);
    }

    /** Created on first use, because that takes some tens of milliseconds. */
    private static final class Validators {
        static final Validator INSTANCE = BaseValidator.newValidator();
    }
}
