package io.github.dropwizardlogdna.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate, made by the JDK's keytool: what a TLS server shows, and what a client may trust. */
public final class TestCertificate {

    private static final String PASSWORD = "changeit";

    private final Path store;

    private TestCertificate(Path store) {
        this.store = store;
    }

    /** Makes one for names as they are written in the extension: {@code dns:localhost}. It is valid for two days. */
    public static TestCertificate of(String names, Path directory) throws IOException, InterruptedException {
        return of(names, directory, "PKCS12");
    }

    /** Makes one in Java's old format. */
    public static TestCertificate inJks(String names, Path directory) throws IOException, InterruptedException {
        return of(names, directory, "JKS");
    }

    private static TestCertificate of(String names, Path directory, String type)
            throws IOException, InterruptedException {
        Path store = Files.createTempDirectory(directory, "certificate").resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=" + names,
                        "-validity",
                        "2",
                        "-storetype",
                        type,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-keypass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return new TestCertificate(store);
    }

    public Path store() {
        return store;
    }

    public String password() {
        return PASSWORD;
    }

    /** Shows this certificate, and trusts it and no other. */
    public SSLContext context() throws IOException, GeneralSecurityException {
        return contextThatTrusts(this);
    }

    /** Shows this certificate, and trusts another and no other. */
    public SSLContext contextThatTrusts(TestCertificate peer) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(peer.trusting("PKCS12"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** A trust store in a file, of a type ({@code PKCS12}, {@code JKS}), that holds this certificate. */
    public Path trustStore(String type) throws IOException, GeneralSecurityException {
        Path file = store.resolveSibling("trust-" + type);
        try (OutputStream out = Files.newOutputStream(file)) {
            trusting(type).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private KeyStore trusting(String type) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(type);
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keyStore().getCertificate("server"));
        return trusted;
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }
}
