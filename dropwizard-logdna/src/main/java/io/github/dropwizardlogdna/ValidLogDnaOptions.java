package io.github.dropwizardlogdna;

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
 * What the constraint of a single field can't say about a {@link LogDnaAppenderFactory}: its {@code problems()}. A
 * constraint of the class, because only that can give each problem the path of its option.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ValidLogDnaOptions.Validator.class)
@interface ValidLogDnaOptions {

    String message() default "";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Asks the factory. */
    final class Validator implements ConstraintValidator<ValidLogDnaOptions, LogDnaAppenderFactory<?>> {

        @Override
        public boolean isValid(LogDnaAppenderFactory<?> factory, ConstraintValidatorContext context) {
            context.disableDefaultConstraintViolation();
            // Messages are templates, and some of ours hold what somebody wrote into a file: hence the escaping.
            Map<String, String> problems = factory.problems();
            problems.forEach((option, problem) -> context.buildConstraintViolationWithTemplate(
                            InterpolationHelper.escapeMessageParameter(problem))
                    .addPropertyNode(option)
                    .addConstraintViolation());
            if (problems.isEmpty()) {
                DeclaredAppenders.add(factory);
            }
            return problems.isEmpty();
        }
    }
}
