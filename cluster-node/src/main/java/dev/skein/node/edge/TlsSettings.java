package dev.skein.node.edge;

import com.typesafe.config.Config;
import dev.skein.node.tls.PemPaths;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of the TLS listeners, read from {@code skein.tls}.
 *
 * @param certificate PEM chain, the server's own certificate first; null: the TLS listeners stay closed
 * @param key PEM private key, PKCS#8; null exactly when {@code certificate} is
 * @param keyPassword password of an encrypted key; empty for none
 * @param clientAuth whether clients show a certificate
 * @param clientCa PEM certificates that client certificates must chain to; null only with {@link ClientAuth#NONE}
 * @param clientCrls lists of client certificates that were revoked, PEM or DER; empty for none
 * @param refuseExpiredCrl whether a list that should have been replaced lets nobody in
 * @param protocols TLS versions, {@code TLSv1.3} and {@code TLSv1.2}
 * @param reloadInterval how often the files are looked at; 100 ms..1 day
 * @param handshakeTimeout a longer handshake is closed; 100 ms..5 minutes
 */
public record TlsSettings(
        @Nullable Path certificate,
        @Nullable Path key,
        String keyPassword,
        ClientAuth clientAuth,
        @Nullable Path clientCa,
        List<Path> clientCrls,
        boolean refuseExpiredCrl,
        List<String> protocols,
        Duration reloadInterval,
        Duration handshakeTimeout) {

    /** Keys that name a file. */
    public static final List<String> FILES = List.of("certificate", "key", "client-ca");

    private static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        /** Clients are not asked. */
        NONE,
        /** Clients are asked; one that shows none is let in, one that shows a bad one is not. */
        OPTIONAL,
        /** A client without a good certificate does not get in. */
        REQUIRED
    }

    /** Copies the lists. */
    public TlsSettings {
        clientCrls = List.copyOf(clientCrls);
        protocols = List.copyOf(protocols);
    }

    /**
     * Reads and checks the settings; the files themselves are read when the listeners open.
     *
     * @param tls the section {@code skein.tls}
     * @throws IllegalArgumentException for a value out of range or a missing one; names the full key
     */
    public static TlsSettings from(Config tls) {
        TlsSettings settings = incomplete(tls);
        settings.requireWhatBelongsTogether(new Keys("skein.tls", tls));
        return settings;
    }

    /** As {@link #from}, for a look at the files: one that belongs to another may be missing. */
    public static TlsSettings incomplete(Config tls) {
        Keys keys = new Keys("skein.tls", tls);
        Path certificate = path(keys, "certificate");
        Path key = path(keys, "key");
        ClientAuth clientAuth = switch (keys.choice("client-auth", Set.of("none", "optional", "required"))) {
            case "optional" -> ClientAuth.OPTIONAL;
            case "required" -> ClientAuth.REQUIRED;
            default -> ClientAuth.NONE;
        };
        Path clientCa = path(keys, "client-ca");
        List<String> protocols = keys.texts("protocols");
        if (protocols.isEmpty() || !VERSIONS.containsAll(protocols)) {
            throw keys.wrong("protocols", protocols, "TLSv1.3, TLSv1.2 or both");
        }
        return new TlsSettings(
                certificate,
                key,
                keys.text("key-password"),
                clientAuth,
                clientCa,
                crls(keys),
                keys.choice("client-crl-expired", Set.of("refuse", "warn")).equals("refuse"),
                protocols,
                keys.duration("reload-interval", Duration.ofMillis(100), Duration.ofDays(1)),
                keys.duration("handshake-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)));
    }

    private void requireWhatBelongsTogether(Keys keys) {
        if (certificate != null && key == null) {
            throw keys.wrong("key", "\"\"", "the private key of skein.tls.certificate");
        }
        if (certificate == null && key != null) {
            throw keys.wrong("certificate", "\"\"", "the certificate chain of skein.tls.key");
        }
        if (clientAuth != ClientAuth.NONE && clientCa == null) {
            throw keys.wrong("client-ca", "\"\"", "a file of CA certificates, because skein.tls.client-auth is on");
        }
    }

    private static @Nullable Path path(Keys keys, String key) {
        String value = keys.text(key);
        try {
            return value.isEmpty() ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw keys.wrong(key, value, "a path; " + e.getReason());
        }
    }

    private static List<Path> crls(Keys keys) {
        List<Path> paths = new ArrayList<>();
        for (String value : keys.texts("client-crl")) {
            try {
                if (value.isEmpty()) {
                    throw keys.wrong("client-crl", "\"\"", "paths");
                }
                paths.add(Path.of(value));
            } catch (InvalidPathException e) {
                throw keys.wrong("client-crl", value, "a path; " + e.getReason());
            }
        }
        return paths;
    }

    /** Whether there is a certificate, so that the TLS listeners open. */
    public boolean enabled() {
        return certificate != null;
    }

    /** The files that are read: those of clients' CAs only when clients show a certificate. */
    PemPaths files() {
        Path ca = clientAuth == ClientAuth.NONE ? null : clientCa;
        List<Path> crls = ca == null ? List.of() : clientCrls;
        return new PemPaths("skein.tls", certificate, key, keyPassword, "client-ca", ca, crls);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "TlsSettings[certificate=" + certificate + ", key=" + key + ", clientAuth=" + clientAuth + ", clientCa="
                + clientCa + ", protocols=" + protocols + "]";
    }
}
