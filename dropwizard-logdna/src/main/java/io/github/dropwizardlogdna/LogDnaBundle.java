package io.github.dropwizardlogdna;

import io.dropwizard.core.Configuration;
import io.dropwizard.core.ConfiguredBundle;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.LoggingUtil;

/**
 * Binds the appenders of {@code type: logdna} to the application: their metrics are in its {@code MetricRegistry}, and a
 * line at the start tells what each was built for. Without the bundle the appenders work just the same.
 *
 * <pre>{@code
 * public void initialize(Bootstrap<MyConfiguration> bootstrap) {
 *     bootstrap.addBundle(new LogDnaBundle<>());
 * }
 * }</pre>
 *
 * @param <C> the application's configuration
 */
public class LogDnaBundle<C extends Configuration> implements ConfiguredBundle<C> {

    @Override
    public void run(C configuration, Environment environment) {
        ApplicationAppenders.of(LoggingUtil.getLoggerContext()).bind(environment.metrics());
    }
}
