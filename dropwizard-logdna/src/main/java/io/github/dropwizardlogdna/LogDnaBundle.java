package io.github.dropwizardlogdna;

import com.codahale.metrics.health.HealthCheckRegistry;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.ConfiguredBundle;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.LoggingUtil;

/**
 * Binds the appenders of {@code type: logdna} to the application. Without the bundle they ship just the same.
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
 *   <li>the metrics {@code logdna.*} in the application's {@code MetricRegistry};
 *   <li>a line at the start for each appender, by the logger {@code io.github.dropwizardlogdna};
 *   <li>the health check {@code logdna}, which tells how each appender stands;
 *   <li>the admin task {@code POST /tasks/logdna}, which prints that and the counters, and with {@code ?flush=true}
 *       first sends what there is;
 *   <li>the command {@code logdna-check config.yml}, which sends a test line for each configured appender, and says what
 *       to do where it does not arrive.
 * </ul>
 *
 * @param <C> the application's configuration
 */
public class LogDnaBundle<C extends Configuration> implements ConfiguredBundle<C> {

    private boolean failsHealthCheckOnLoss;

    /**
     * Lets the health check fail while an endpoint refuses the key, and for a minute after lines were lost. Never for
     * lines that only wait for an endpoint to come back. Without this, it is healthy in every state.
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
        // The bundle may be added twice, by an application and by another bundle; a command may not.
        if (bootstrap.getCommands().stream().noneMatch(LogDnaCheckCommand.class::isInstance)) {
            bootstrap.addCommand(new LogDnaCheckCommand());
        }
    }

    @Override
    public void run(C configuration, Environment environment) {
        ApplicationAppenders appenders = ApplicationAppenders.of(LoggingUtil.getLoggerContext());
        appenders.bind(environment.metrics());
        HealthCheckRegistry healthChecks = environment.healthChecks();
        if (failsHealthCheckOnLoss) {
            healthChecks.unregister(LogDnaHealthCheck.NAME); // of two bundles the stricter one counts
        }
        if (!healthChecks.getNames().contains(LogDnaHealthCheck.NAME)) {
            healthChecks.register(
                    LogDnaHealthCheck.NAME, new LogDnaHealthCheck(appenders::states, failsHealthCheckOnLoss));
        }
        environment.admin().addTask(new LogDnaTask(appenders));
    }
}
