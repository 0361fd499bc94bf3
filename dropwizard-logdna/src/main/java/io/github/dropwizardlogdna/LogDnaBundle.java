package io.github.dropwizardlogdna;

import com.codahale.metrics.health.HealthCheckRegistry;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.ConfiguredBundle;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.appender.ShippingThreadFilter;
import io.github.dropwizardlogdna.check.LogDnaCheckCommand;
import io.github.dropwizardlogdna.config.DeclaredAppenders;
import io.github.dropwizardlogdna.config.LoggerOptionsValidation;
import io.github.dropwizardlogdna.report.LogDnaHealthCheck;
import io.github.dropwizardlogdna.report.LogDnaTask;

/**
 * Binds the appenders of {@code type: logdna} to the application. Appenders ship without the bundle as well.
 *
 * <pre>{@code
 * public void initialize(Bootstrap<MyConfiguration> bootstrap) {
 *     bootstrap.addBundle(new LogDnaBundle<>());
 * }
 * }</pre>
 *
 * It adds:
 *
 * <ul>
 *   <li>the metrics {@code logdna.*} to the application's {@code MetricRegistry};
 *   <li>one INFO line for each appender at the start, by the logger {@code io.github.dropwizardlogdna};
 *   <li>the health check {@code logdna}, which shows the state of each appender;
 *   <li>the admin task {@code POST /tasks/logdna}, which prints states and counters, and with {@code ?flush=true} first
 *       sends the buffered lines;
 *   <li>the command {@code logdna-check config.yml}, which sends a test line for each configured appender and names the
 *       remedy if it does not arrive;
 *   <li>when the configuration is read, the validation of the appenders of single loggers, and of {@code logFormat} and the names
 *       of all appenders, unless the application sets another {@code ConfigurationFactoryFactory} after this bundle was added.
 * </ul>
 *
 * @param <C> the application's configuration
 */
public class LogDnaBundle<C extends Configuration> implements ConfiguredBundle<C> {

    private boolean failsHealthCheckOnLoss;

    /**
     * Makes the health check unhealthy while an endpoint refuses the key, after an error has ended shipping, and for a
     * minute after lines were lost, except by {@code messageRate}; never for lines that only wait for the endpoint. By default the health check is healthy in every state.
     *
     * @return this bundle
     */
    public LogDnaBundle<C> failHealthCheckOnLoss() {
        failsHealthCheckOnLoss = true;
        return this;
    }

    @Override
    public void initialize(Bootstrap<?> bootstrap) {
        DeclaredAppenders.clear();
        // An application and another bundle may both add this bundle, but a command must be added once.
        if (bootstrap.getCommands().stream().noneMatch(LogDnaCheckCommand.class::isInstance)) {
            bootstrap.addCommand(new LogDnaCheckCommand(ConfiguredAppenders::in, ShippingThreadFilter::new));
            validateLoggers(bootstrap);
        }
    }

    private static <T extends Configuration> void validateLoggers(Bootstrap<T> bootstrap) {
        bootstrap.setConfigurationFactoryFactory(new LoggerOptionsValidation<>(
                bootstrap.getConfigurationFactoryFactory(), ConfiguredAppenders::problemsBeyondValidation));
    }

    @Override
    public void run(C configuration, Environment environment) {
        ApplicationAppenders appenders = ApplicationAppenders.of(LoggingUtil.getLoggerContext());
        appenders.bind(environment.metrics());
        HealthCheckRegistry healthChecks = environment.healthChecks();
        if (failsHealthCheckOnLoss) {
            healthChecks.unregister(LogDnaHealthCheck.NAME); // of two bundles the stricter one wins
        }
        if (!healthChecks.getNames().contains(LogDnaHealthCheck.NAME)) {
            healthChecks.register(
                    LogDnaHealthCheck.NAME, new LogDnaHealthCheck(appenders::states, failsHealthCheckOnLoss));
        }
        environment.admin().addTask(new LogDnaTask(appenders::states, appenders::flush));
    }
}
