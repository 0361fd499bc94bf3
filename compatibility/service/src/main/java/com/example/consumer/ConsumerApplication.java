package com.example.consumer;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.ServerLifecycleListener;
import io.github.dropwizardlogdna.LogDnaBundle;
import java.security.Provider;
import java.security.Security;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service that compiles against Dropwizard 4 and 5 alike. */
public final class ConsumerApplication extends Application<Configuration> {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerApplication.class);

    public static void main(String[] args) throws Exception {
        String provider = System.getProperty("consumer.firstSecurityProvider");
        if (provider != null) {
            Class<?> type = Class.forName(provider);
            Security.insertProviderAt((Provider) type.getConstructor().newInstance(), 1);
        }
        new ConsumerApplication().run(args);
    }

    @Override
    public void initialize(Bootstrap<Configuration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor()));
        bootstrap.addBundle(new LogDnaBundle<>());
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
        environment.jersey().register(new WorkResource());
        environment.lifecycle().manage(new Managed() {
            @Override
            public void stop() {
                LOG.info("Logged while stopping");
            }
        });
        environment.lifecycle().addServerLifecycleListener(new ServerLifecycleListener() {
            @Override
            public void serverStarted(Server server) {
                // Read by the process that started this one.
                System.out.println("CONSUMER PORT " + getLocalPort(server));
            }
        });
    }
}
