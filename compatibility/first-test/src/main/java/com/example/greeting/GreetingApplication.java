package com.example.greeting;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.slf4j.LoggerFactory;

public class GreetingApplication extends Application<Configuration> {

    @Override
    public void run(Configuration configuration, Environment environment) {
        environment.jersey().register(new GreetingResource());
    }

    @Path("/greeting")
    public static class GreetingResource {

        @GET
        public String greet() {
            LoggerFactory.getLogger(GreetingResource.class).info("Hello");
            return "Hello";
        }
    }
}
