package io.github.dropwizardlogdna.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate, self-signed where nothing else is said, made by the JDK's keytool: what a TLS server shows, and what a client may trust. */
public final class TestCertificate {

    private static final String PASSWORD = "changeit";

    private final Path store;

    private TestCertificate(Path store) {
        this.store = store;
    }

    /** Makes one for names as they are written in the extension: {@code dns:localhost}. It is valid for two days. */
    public static TestCertificate of(String names, Path directory) throws IOException, InterruptedException {
        return generate(names, directory, "PKCS12");
    }

    /** Makes one in Java's old format. */
    public static TestCertificate inJks(String names, Path directory) throws IOException, InterruptedException {
        return generate(names, directory, "JKS");
    }

    /**
     * Makes one whose time is over. An authority has signed it, because the JDK does not look at the dates of a
     * certificate that it trusts by itself.
     */
    public static TestCertificate expired(String names, Path directory) throws IOException, InterruptedException {
        Path authority = generate("dns:authority", directory, "PKCS12", "-ext", "bc:c").store;
        TestCertificate certificate = of(names, directory);
        Path request = certificate.store.resolveSibling("request");
        Path signed = certificate.store.resolveSibling("signed.pem");
        Path root = certificate.store.resolveSibling("authority.pem");
        keytool(certificate.store, "-certreq", "-file", request.toString());
        keytool(authority, "-exportcert", "-rfc", "-file", root.toString());
        keytool(
                authority,
                "-gencert",
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-startdate",
                "-10d",
                "-validity",
                "1",
                "-ext",
                "san=" + names);
        Files.writeString(signed, Files.readString(root), StandardOpenOption.APPEND);
        keytool(certificate.store, "-importcert", "-noprompt", "-file", signed.toString());
        return certificate;
    }

    private static TestCertificate generate(String names, Path directory, String type, String... more)
            throws IOException, InterruptedException {
        Path store = Files.createTempDirectory(directory, "certificate").resolve("store.p12");
        List<String> options = new ArrayList<>(List.of(
                "-keyalg", "EC", "-dname", "CN=test " + store.getParent().getFileName()));
        options.addAll(List.of("-ext", "san=" + names, "-validity", "2", "-storetype", type, "-keypass", PASSWORD));
        options.addAll(List.of(more));
        keytool(store, "-genkeypair", options.toArray(String[]::new));
        return new TestCertificate(store);
    }

    private static void keytool(Path store, String command, String... options)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        line.addAll(List.of(command, "-alias", "server", "-keystore", store.toString(), "-storepass", PASSWORD));
        line.addAll(List.of(options));
        Process keytool = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
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

    /** A trust store in a file, of a type ({@code PKCS12}, {@code JKS}), that trusts this certificate and others. */
    public Path trustStore(String type, TestCertificate... others) throws IOException, GeneralSecurityException {
        Path file = store.resolveSibling("trust-" + type);
        try (OutputStream out = Files.newOutputStream(file)) {
            trusting(type, others).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private KeyStore trusting(String type, TestCertificate... others) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(type);
        trusted.load(null, null);
        trusted.setCertificateEntry("server", root());
        for (int i = 0; i < others.length; i++) {
            trusted.setCertificateEntry("server-" + i, others[i].root());
        }
        return trusted;
    }

    /** Who has signed it: in most cases itself. */
    private Certificate root() throws IOException, GeneralSecurityException {
        Certificate[] chain = keyStore().getCertificateChain("server");
        return chain[chain.length - 1];
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }
}
