package io.github.dropwizardlogdna.example;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.github.dropwizardlogdna.LogDnaBundle;
import io.github.dropwizardlogdna.example.ingestion.IngestionVariables;
import io.github.dropwizardlogdna.example.order.OrderResource;
import io.github.dropwizardlogdna.example.order.OrderStore;
import io.github.dropwizardlogdna.example.order.SimulatedPaymentProvider;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.Map;

/** A service that takes orders, and ships its log and its request log to LogDNA. */
public final class OrderApplication extends Application<OrderConfiguration> {

    private final Map<String, String> environmentVariables;

    /** Reads the environment variables of this process. */
    public OrderApplication() {
        this(System.getenv());
    }

    /** Takes the given variables for those of the environment, because a process can't set its own. */
    OrderApplication(Map<String, String> environmentVariables) {
        this.environmentVariables = Map.copyOf(environmentVariables);
    }

    public static void main(String[] arguments) throws Exception {
        new OrderApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "order-service";
    }

    @Override
    public void initialize(Bootstrap<OrderConfiguration> bootstrap) {
        // A service that always ships to LogDNA itself needs no more than new EnvironmentVariableSubstitutor() here.
        EnvironmentVariableSubstitutor substitutor = new EnvironmentVariableSubstitutor();
        substitutor.setVariableResolver(new IngestionVariables(environmentVariables, System.out)::lookup);
        bootstrap.setConfigurationSourceProvider(
                new SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), substitutor));
        bootstrap.addBundle(new LogDnaBundle<>());
    }

    @Override
    public void run(OrderConfiguration configuration, Environment environment) {
        OrderStore orders = new OrderStore(configuration.getMaxOrders());
        environment.jersey().register(new UsageResource());
        environment.jersey().register(new OrderResource(orders, new SimulatedPaymentProvider()));
        environment
                .servlets()
                .addFilter("request-id", new RequestIdFilter())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }
}
