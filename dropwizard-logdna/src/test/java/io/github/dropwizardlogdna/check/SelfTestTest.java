package io.github.dropwizardlogdna.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.LoggerContext;
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
        ClassLoader loader = new Without(missing);
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

    /** Loads the library and what it logs with itself, all but one class. */
    private static final class Without extends ClassLoader {

        private final String missing;

        Without(String missing) {
            super(SelfTestTest.class.getClassLoader());
            this.missing = missing;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(missing)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.github.dropwizardlogdna.")
                    && !name.startsWith("ch.qos.logback.")
                    && !name.startsWith("com.google.re2j.")
                    && !name.startsWith("org.slf4j.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
