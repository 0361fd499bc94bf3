package io.github.dropwizardlogdna;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The versions of this library and of those that it uses, as they are on the class path. Taken from the {@code
 * pom.properties} that Maven puts into each jar and that a fat jar keeps; {@code unknown} if it does not.
 */
final class Versions {

    /** What is tested: {@code docs/compatibility.md} has the table. */
    static final String NEEDED =
            "Dropwizard 5.0.0 or a later 5.0, or 4.0.12 or a later 4.0, with the Logback, Jersey and"
                    + " Jackson that it brings";

    private static final String UNKNOWN = "unknown";

    private Versions() {}

    /** This library, Dropwizard, Jersey and Logback, in a few words. */
    static String inShort() {
        return "dropwizard-logdna " + ofThisLibrary() + ", Dropwizard " + of("io.dropwizard", "dropwizard-core")
                + ", Jersey " + of("org.glassfish.jersey.core", "jersey-client") + ", Logback "
                + of("ch.qos.logback", "logback-classic");
    }

    /** All that matter if something does not link. */
    static String found() {
        return inShort()
                + " (logback-core " + of("ch.qos.logback", "logback-core")
                + ", logback-access-common " + of("ch.qos.logback.access", "logback-access-common")
                + ", dropwizard-logging " + of("io.dropwizard", "dropwizard-logging")
                + ", jersey-common " + of("org.glassfish.jersey.core", "jersey-common")
                + ", jackson-databind " + of("com.fasterxml.jackson.core", "jackson-databind")
                + ", slf4j-api " + of("org.slf4j", "slf4j-api")
                + ", Java " + Runtime.version() + ")";
    }

    static String ofThisLibrary() {
        return read("/io/github/dropwizardlogdna/ingestion/version.properties");
    }

    /** The one that is first on the class path, as its classes are. */
    private static String of(String group, String artifact) {
        return read("/META-INF/maven/" + group + "/" + artifact + "/pom.properties");
    }

    private static String read(String resource) {
        try (InputStream in = Versions.class.getResourceAsStream(resource)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", UNKNOWN);
        } catch (IOException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }
}
