package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate for {@code localhost}.
 *
 * @param keyStore holds it with its private key, for the endpoint
 * @param trustStore holds it alone, for the service
 * @param password opens both
 */
record Certificate(Path keyStore, Path trustStore, String password) {
    private static final String ALIAS = "endpoint";

    /** Makes one with the tool of the JDK that runs this. */
    static Certificate make(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        Certificate made =
                new Certificate(directory.resolve("endpoint.p12"), directory.resolve("trusted.p12"), "compatibility");
        Files.deleteIfExists(made.keyStore);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "30",
                        "-alias",
                        ALIAS,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        made.password,
                        "-keystore",
                        made.keyStore.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
            throw new IOException("keytool made no key store, see " + directory.resolve("keytool.log"));
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, made.open().getCertificate(ALIAS));
        try (OutputStream out = Files.newOutputStream(made.trustStore)) {
            trusted.store(out, made.password.toCharArray());
        }
        return made;
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(keyStore.toFile(), password.toCharArray());
    }

    SSLContext forServer() throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(open(), password.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        return tls;
    }
}
