package com.example.greeting;

import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.github.dropwizardlogdna.local.LocalLogDna;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GreetingTest {
    @RegisterExtension static final LocalLogDna LOGDNA = LocalLogDna.start();
    @RegisterExtension static final DropwizardAppExtension<?> SERVICE = new DropwizardAppExtension<>(
            GreetingApplication.class, "config.yml",
            ConfigOverride.config("logging.appenders[0].endpoint", LOGDNA.url()),
            ConfigOverride.config("logging.appenders[0].ingestionKey", LOGDNA.ingestionKey()));
    @Test void shipsTheGreeting() {
        SERVICE.client().target("http://localhost:" + SERVICE.getLocalPort()).path("greeting").request().get();
        LOGDNA.awaitLines(1, lines -> lines.level("INFO").text("Hello"));
    }
}
