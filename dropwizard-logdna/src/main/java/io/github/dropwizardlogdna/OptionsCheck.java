package io.github.dropwizardlogdna;

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
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Catches wrong options where Dropwizard doesn't: appenders under {@code logging.loggers} are parsed without validation,
 * and with unknown names ignored. The same constraints are used, so that the words are the same.
 */
final class OptionsCheck {

    /** Of the letters of a name, one in this many may be wrong. */
    private static final int LETTERS_A_TYPING_ERROR = 3;

    private OptionsCheck() {}

    /** Throws what Dropwizard would have reported, had it been asked. */
    static void orThrow(LogDnaAppenderFactory<?> factory) {
        boolean declared = DeclaredAppenders.contains(factory);
        Set<ConstraintViolation<LogDnaAppenderFactory<?>>> violations = Validators.INSTANCE.validate(factory);
        if (!declared) {
            DeclaredAppenders.remove(factory); // this was not Dropwizard's validation
        }
        if (!violations.isEmpty()) {
            throw error(violations.stream()
                    .map(ConstraintViolations::format)
                    .sorted()
                    .collect(Collectors.joining("\n  * ")));
        }
    }

    static IllegalArgumentException error(String problems) {
        return new IllegalArgumentException("An appender of type logdna has an error:\n  * " + problems + "\n");
    }

    /** What to say of an option that does not exist. */
    static String unknown(String option, Class<?> factory) {
        List<String> known = options(factory);
        return "is not an option of type logdna; "
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

    /** The option that was probably meant: but for a letter in three, as some write dashes, or all in lower case. */
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

    /** Made when it is first needed: that costs some tens of milliseconds. */
    private static final class Validators {
        static final Validator INSTANCE = BaseValidator.newValidator();
    }
}
