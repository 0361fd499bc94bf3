package io.github.dropwizardlogdna;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.validation.BaseValidator;
import io.dropwizard.validation.ConstraintViolations;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Catches wrong options where Dropwizard doesn't: appenders under {@code logging.loggers} are parsed without validation,
 * and with unknown names ignored. The same constraints are used, so that the words are the same.
 */
final class OptionsCheck {

    private static final int LIKELY_A_TYPING_ERROR = 4;

    private OptionsCheck() {}

    /** Throws what Dropwizard would have reported, had it been asked. */
    static void orThrow(LogDnaAppenderFactory<?> factory) {
        Set<ConstraintViolation<LogDnaAppenderFactory<?>>> violations = Validators.INSTANCE.validate(factory);
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(violations.stream()
                    .map(ConstraintViolations::format)
                    .sorted()
                    .collect(Collectors.joining("\n  * ", "An appender of type logdna has an error:\n  * ", "\n")));
        }
    }

    /** What to say of an option that does not exist. */
    static String unknown(String option, Class<?> factory) {
        return "is not an option of type logdna"
                + closest(option, factory)
                        .map(name -> "; did you mean " + name + "?")
                        .orElse("");
    }

    private static Optional<String> closest(String option, Class<?> factory) {
        ObjectMapper mapper = Jackson.newObjectMapper();
        List<BeanPropertyDefinition> known = mapper.getDeserializationConfig()
                .introspect(mapper.constructType(factory))
                .findProperties();
        LevenshteinDistance distance = new LevenshteinDistance(LIKELY_A_TYPING_ERROR);
        return known.stream()
                .map(BeanPropertyDefinition::getName)
                .filter(name -> distance.apply(name, option) >= 0)
                .min((a, b) -> distance.apply(a, option) - distance.apply(b, option));
    }

    /** Made when it is first needed: that costs some tens of milliseconds. */
    private static final class Validators {
        static final Validator INSTANCE = BaseValidator.newValidator();
    }
}
