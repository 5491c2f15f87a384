package dev.skein.node.tls;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of one section of the configuration.
 *
 * @param section full key of the section, such as {@code skein.tls}
 * @param certificate chain, the own certificate first; its key is {@code certificate}
 * @param key private key, PKCS#8; its key is {@code key}
 * @param keyPassword of an encrypted key, from {@code key-password}; empty for none
 * @param caKey key of the file of CA certificates, such as {@code client-ca}
 * @param ca certificates that those of others must chain to; null when others show none
 * @param crls lists of certificates that these CAs have revoked, from {@code client-crl}
 */
public record PemPaths(
        String section,
        @Nullable Path certificate,
        @Nullable Path key,
        String keyPassword,
        String caKey,
        @Nullable Path ca,
        List<Path> crls) {
    /** Copies the list. */
    public PemPaths {
        crls = List.copyOf(crls);
    }

    /** Without lists of revoked certificates. */
    public PemPaths(
            String section,
            @Nullable Path certificate,
            @Nullable Path key,
            String keyPassword,
            String caKey,
            @Nullable Path ca) {
        this(section, certificate, key, keyPassword, caKey, ca, List.of());
    }

    String full(String name) {
        return section + "." + name;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PemPaths[" + section + ", certificate=" + certificate + ", key=" + key + ", " + caKey + "=" + ca + "]";
    }
}
