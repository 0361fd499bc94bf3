package io.github.dropwizardlogdna.config;

import io.dropwizard.validation.InterpolationHelper;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;

/**
 * Reports {@link CheckedOptions#problems()} as constraint violations. A constraint of the class, because only that can
 * give each problem the path of its option.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ValidOptions.Validator.class)
public @interface ValidOptions {

    /** Unused: each problem has its own message. */
    String message() default "";

    /** The groups of the constraint. */
    Class<?>[] groups() default {};

    /** The payload of the constraint. */
    Class<? extends Payload>[] payload() default {};

    /** Asks the options for their problems. */
    final class Validator implements ConstraintValidator<ValidOptions, CheckedOptions> {

        @Override
        public boolean isValid(CheckedOptions options, ConstraintValidatorContext context) {
            context.disableDefaultConstraintViolation();
            Map<String, String> problems = options.problems();
            // Messages are templates, and some of ours quote the configuration file: hence the escaping.
            problems.forEach((option, problem) -> context.buildConstraintViolationWithTemplate(
                            InterpolationHelper.escapeMessageParameter(problem))
                    .addPropertyNode(option)
                    .addConstraintViolation());
            if (problems.isEmpty()) {
                DeclaredAppenders.add(options);
            }
            return problems.isEmpty();
        }
    }
}
