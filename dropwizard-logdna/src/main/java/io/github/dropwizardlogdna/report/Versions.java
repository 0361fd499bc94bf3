package io.github.dropwizardlogdna.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The versions of this library and of its dependencies on the class path, read from the {@code pom.properties} that Maven
 * puts into each jar; {@code unknown} if a fat jar has not kept them.
 */
public final class Versions {

    /** The tested versions, as in the table of {@code docs/compatibility.md}. */
    public static final String NEEDED =
            "Dropwizard 5.0.0 or a later 5.0, or 4.0.12 or a later 4.0, with the Logback, Jersey and"
                    + " Jackson that it brings";

    private static final String UNKNOWN = "unknown";

    private Versions() {}

    /** The versions of this library, Dropwizard, Jersey and Logback. */
    public static String inShort() {
        return "dropwizard-logdna " + ofThisLibrary() + ", Dropwizard " + of("io.dropwizard", "dropwizard-core")
                + ", Jersey " + of("org.glassfish.jersey.core", "jersey-client") + ", Logback "
                + of("ch.qos.logback", "logback-classic");
    }

    /** All versions that matter for a {@link LinkageError}. */
    public static String found() {
        return inShort()
                + " (logback-core " + of("ch.qos.logback", "logback-core")
                + ", logback-access-common " + of("ch.qos.logback.access", "logback-access-common")
                + ", dropwizard-logging " + of("io.dropwizard", "dropwizard-logging")
                + ", jersey-common " + of("org.glassfish.jersey.core", "jersey-common")
                + ", jackson-databind " + of("com.fasterxml.jackson.core", "jackson-databind")
                + ", slf4j-api " + of("org.slf4j", "slf4j-api")
                + ", Java " + Runtime.version() + ")";
    }

    /** The version of this library. */
    public static String ofThisLibrary() {
        return read("/io/github/dropwizardlogdna/ingestion/version.properties");
    }

    /** Of several on the class path the first one counts, as for classes. */
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
