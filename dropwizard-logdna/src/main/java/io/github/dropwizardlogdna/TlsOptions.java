package io.github.dropwizardlogdna;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.dropwizardlogdna.config.OptionsCheck;
import jakarta.annotation.Nullable;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The option {@code tls}: the certificates to trust and the certificate to present. The type of a store, JKS or PKCS12, is
 * detected from its content. By default the JVM's trust store is used and no certificate is presented.
 *
 * <table>
 * <caption>Configuration</caption>
 * <tr><th>Name</th><th>Default</th><th>Description</th></tr>
 * <tr><td>{@code trustStorePath}</td><td>the JVM's</td><td>The certificates to trust, in place of the JVM's.</td></tr>
 * <tr><td>{@code trustStorePassword}</td><td>none</td><td>Write-only.</td></tr>
 * <tr><td>{@code keyStorePath}</td><td>none</td>
 *     <td>A key and its certificate, for an endpoint that requires one.</td></tr>
 * <tr><td>{@code keyStorePassword}</td><td>none</td>
 *     <td>The password of the store and of its key. Write-only.</td></tr>
 * </table>
 */
public final class TlsOptions {

    private static final String TRUST = "trustStore";
    private static final String KEY = "keyStore";

    @Nullable
    private String trustStorePath;

    @Nullable
    private String trustStorePassword;

    @Nullable
    private String keyStorePath;

    @Nullable
    private String keyStorePassword;

    /** Names only, because the value of a mistyped password is a password. */
    private final Set<String> unknownOptions = new LinkedHashSet<>();

    @Nullable
    @JsonProperty
    public String getTrustStorePath() {
        return trustStorePath;
    }

    @JsonProperty
    public void setTrustStorePath(@Nullable String trustStorePath) {
        this.trustStorePath = trustStorePath;
    }

    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    public void setTrustStorePassword(@Nullable String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    @Nullable
    @JsonProperty
    public String getKeyStorePath() {
        return keyStorePath;
    }

    @JsonProperty
    public void setKeyStorePath(@Nullable String keyStorePath) {
        this.keyStorePath = keyStorePath;
    }

    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    public void setKeyStorePassword(@Nullable String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    @JsonAnySetter
    void setUnknown(String option, @Nullable Object value) {
        unknownOptions.add(option);
    }

    /** The unknown names alone, for a disabled appender, whose stores need not exist. */
    Map<String, String> unknownOptions() {
        Map<String, String> problems = new LinkedHashMap<>();
        unknownOptions.forEach(option -> problems.put(option, OptionsCheck.unknown(option, "tls", getClass())));
        return problems;
    }

    /** The problems by the name of the option, without any password. Reads the stores. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        for (String store : new String[] {TRUST, KEY}) {
            try {
                if (store.equals(TRUST)) {
                    trustManagers();
                } else {
                    keyManagers();
                }
            } catch (StoreException e) {
                problems.put(store + e.option, e.problem);
            }
        }
        return problems;
    }

    /** Whether any option is set. */
    boolean areSet() {
        return isSet(trustStorePath) || isSet(trustStorePassword) || isSet(keyStorePath) || isSet(keyStorePassword);
    }

    /** The context for these stores; null for the default of the JVM. Reads the stores. */
    @Nullable
    SSLContext context() {
        if (!isSet(trustStorePath) && !isSet(keyStorePath)) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (StoreException e) {
            throw new IllegalStateException("tls: " + e.problem);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no TLS", e);
        }
    }

    /** Null for the default of the JVM. */
    @Nullable
    private TrustManager[] trustManagers() throws StoreException {
        KeyStore store = load(trustStorePath, trustStorePassword);
        if (store == null) {
            return null;
        }
        try {
            boolean trusting = false;
            for (String alias : Collections.list(store.aliases())) {
                trusting |= store.isCertificateEntry(alias);
            }
            if (!trusting) {
                throw new StoreException(
                        "Path",
                        isSet(trustStorePassword)
                                ? "holds no trusted certificate: add one with keytool -importcert"
                                : "holds no trusted certificate that can be read without a password: set"
                                        + " trustStorePassword");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new StoreException("Path", "holds no certificates that this JVM can use");
        }
    }

    /** Null for none. */
    @Nullable
    private KeyManager[] keyManagers() throws StoreException {
        if (isSet(keyStorePath) && !isSet(keyStorePassword)) {
            throw new StoreException("Password", "must be set: without it the key can't be read");
        }
        KeyStore store = load(keyStorePath, keyStorePassword);
        if (store == null || keyStorePassword == null) {
            return null;
        }
        try {
            boolean identifying = false;
            for (String alias : Collections.list(store.aliases())) {
                identifying |= store.isKeyEntry(alias);
            }
            if (!identifying) {
                throw new StoreException("Path", "holds no key, only certificates: is it the trust store?");
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, keyStorePassword.toCharArray());
            return factory.getKeyManagers();
        } catch (UnrecoverableKeyException e) {
            throw new StoreException(
                    "Password", "opens the store, but not the key in it: give the key the password of the store");
        } catch (GeneralSecurityException e) {
            throw new StoreException("Path", "holds no key that this JVM can use");
        }
    }

    @Nullable
    private static KeyStore load(@Nullable String path, @Nullable String password) throws StoreException {
        if (path == null || path.isBlank()) {
            if (isSet(password)) {
                throw new StoreException("Path", "must be set if there is a password for it");
            }
            return null;
        }
        File file = new File(path);
        if (!file.isFile() || !file.canRead()) {
            throw new StoreException(
                    "Path",
                    "must be the path of a file that the service can read; " + file.getAbsolutePath() + " is not one");
        }
        try {
            return KeyStore.getInstance(file, password == null || password.isEmpty() ? null : password.toCharArray());
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                String variable = password != null && password.contains("${")
                        ? ": it still holds the name of a variable in ${...}, which was not substituted"
                        : "";
                throw new StoreException("Password", "is not the password of the store" + variable);
            }
            throw new StoreException("Path", "can't be read as a key store: it is damaged, or of another kind");
        } catch (KeyStoreException e) {
            throw new StoreException(
                    "Path",
                    "must name a key store, JKS or PKCS12 (certificates: keytool -importcert -file ca.pem ...)");
        } catch (GeneralSecurityException e) {
            throw new StoreException("Path", "is protected in a way that this JVM does not know");
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    /** Has no cause, because the message of one may contain anything. */
    private static final class StoreException extends Exception {

        /** {@code Path} or {@code Password}. */
        private final String option;

        private final String problem;

        StoreException(String option, String problem) {
            super(problem);
            this.option = option;
            this.problem = problem;
        }
    }
}
