package io.github.dropwizardlogdna.example;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.github.dropwizardlogdna.LogDnaBundle;
import io.github.dropwizardlogdna.example.order.OrderResource;
import io.github.dropwizardlogdna.example.order.OrderStore;
import io.github.dropwizardlogdna.example.order.SimulatedPaymentProvider;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;

/** A service for orders that ships its log and its request log to LogDNA. */
public final class OrderApplication extends Application<OrderConfiguration> {

    public static void main(String[] arguments) throws Exception {
        new OrderApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "order-service";
    }

    @Override
    public void initialize(Bootstrap<OrderConfiguration> bootstrap) {
        // A service that always ships to LogDNA only needs new EnvironmentVariableSubstitutor() here.
        EnvironmentVariableSubstitutor substitutor = new EnvironmentVariableSubstitutor();
        substitutor.setVariableResolver(new IngestionVariables(System.getenv(), System.out)::lookup);
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
