package io.github.dropwizardlogdna.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.LoggerContext;
import io.github.dropwizardlogdna.testing.FilteringClassLoader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfTestTest {

    @Test
    void passesWithTheLibrariesOfThisBuild() {
        assertThatCode(() -> SelfTest.run("logdna", new LoggerContext())).doesNotThrowAnyException();
    }

    @Test
    void passesOnAThreadWithoutAName() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread nameless = new Thread(() -> SelfTest.run("logdna", new LoggerContext()), "");
        nameless.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
        nameless.start();
        nameless.join();

        assertThat(failure).hasValue(null);
    }

    /** A class stands for what an older version lacks; a method that is missing is a LinkageError as well. */
    @ParameterizedTest
    @CsvSource({
        "ch.qos.logback.classic.spi.ThrowableProxyUtil, ThrowableProxyUtil",
        "ch.qos.logback.access.common.spi.IAccessEvent, IAccessEvent",
        "org.slf4j.event.KeyValuePair, KeyValuePair",
        "com.google.re2j.Pattern, Pattern",
        "com.google.re2j.Matcher, Matcher",
        "org.glassfish.jersey.client.JerseyClientBuilder, JerseyClientBuilder",
    })
    void namesTheMissingClassAndTheVersions(String missing, String named) throws Exception {
        Throwable failure = runWithout(missing);

        assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Appender 'audit' can't work with the libraries of this service")
                .hasMessageContaining(named)
                .hasMessageContaining("Dropwizard " + dropwizardVersion())
                .hasMessageContaining("Needed: Dropwizard 5.0.0")
                .hasMessageContaining("mvn dependency:tree");
    }

    private static String dropwizardVersion() throws IOException {
        try (InputStream in = SelfTestTest.class.getResourceAsStream(
                "/META-INF/maven/io.dropwizard/dropwizard-core/pom.properties")) {
            java.util.Properties properties = new java.util.Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }

    private static Throwable runWithout(String missing) throws Exception {
        ClassLoader loader =
                new FilteringClassLoader(missing::equals, "ch.qos.logback.", "com.google.re2j.", "org.slf4j.");
        Class<?> context = loader.loadClass(LoggerContext.class.getName());
        Method run = loader.loadClass(SelfTest.class.getName()).getDeclaredMethod("run", String.class, context);
        run.setAccessible(true);
        Object contextThere = context.getConstructor().newInstance();
        return catchThrowable(() -> {
            try {
                run.invoke(null, "audit", contextThere);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
