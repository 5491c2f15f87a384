package dev.skein.node.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the files of {@link PemPaths} held at one moment: read once, so that fingerprint and contents belong together.
 */
public final class PemContents {
    private static final String CERTIFICATE = "certificate";
    private static final String KEY = "key";
    private static final String CRL = "client-crl";

    private final PemPaths paths;
    private final byte[] certificate;
    private final byte[] key;
    private final byte @Nullable [] ca;
    private final List<byte[]> crls;

    private PemContents(PemPaths paths, byte[] certificate, byte[] key, byte @Nullable [] ca, List<byte[]> crls) {
        this.crls = crls;
        this.paths = paths;
        this.certificate = certificate;
        this.key = key;
        this.ca = ca;
    }

    /**
     * Reads the files as they are now.
     *
     * @throws UnusableFileException naming the key of a file that cannot be read
     */
    public static PemContents read(PemPaths paths) {
        return new PemContents(
                paths,
                bytes(paths, CERTIFICATE, Objects.requireNonNull(paths.certificate())),
                bytes(paths, KEY, Objects.requireNonNull(paths.key())),
                paths.ca() == null ? null : bytes(paths, paths.caKey(), paths.ca()),
                paths.crls().stream().map(path -> bytes(paths, CRL, path)).toList());
    }

    /**
     * Every mistake in the files, each naming its key; empty when they can be used. A file that is not given is passed
     * over.
     *
     * @param warn told of what is odd and can be used all the same
     * @param others what a certificate does when it is not valid today, for those who see it
     */
    public static List<String> problems(PemPaths paths, String others, Consumer<String> warn) {
        List<String> problems = new ArrayList<>();
        List<X509Certificate> chain = new ArrayList<>();
        look(paths, CERTIFICATE, paths.certificate(), problems, pem -> {
            chain.addAll(certificates(paths, CERTIFICATE, paths.certificate(), pem));
            age(paths, chain.getFirst(), others).ifPresent(warn);
        });
        look(paths, KEY, paths.key(), problems, pem -> {
            if (!chain.isEmpty()) {
                privateKey(paths, pem, chain.getFirst());
            }
        });
        List<X509Certificate> authorities = new ArrayList<>();
        look(
                paths,
                paths.caKey(),
                paths.ca(),
                problems,
                pem -> authorities.addAll(certificates(paths, paths.caKey(), paths.ca(), pem)));
        for (Path path : paths.crls()) {
            look(paths, CRL, path, problems, bytes -> {
                List<X509CRL> lists = crls(paths, path, bytes, authorities);
                new Revocations(lists, authorities, true, InstantSource.system())
                        .age()
                        .ifPresent(warn);
            });
        }
        return problems;
    }

    private static void look(
            PemPaths paths, String name, @Nullable Path file, List<String> problems, Consumer<byte[]> check) {
        try {
            if (file != null) {
                check.accept(bytes(paths, name, file));
            }
        } catch (UnusableFileException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(PemPaths paths, String name, Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            String what = name.equals(CRL) ? "a file of revoked certificates" : "a PEM file";
            throw wrong(paths, name, path, what + " that can be read; " + whyUnreadable(path, e), e);
        }
    }

    private static String whyUnreadable(Path path, IOException e) {
        if (Files.isDirectory(path)) {
            return "it is a directory";
        }
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "this user may not read it";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The same for the same contents; no part of the key can be told from it. */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(MessageDigest.getInstance("SHA-256").digest(certificate));
            digest.update(MessageDigest.getInstance("SHA-256").digest(key));
            if (ca != null) {
                digest.update(ca);
            }
            for (byte[] crl : crls) {
                digest.update(MessageDigest.getInstance("SHA-256").digest(crl));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The own certificate and those that lead from it to its CA; never empty. */
    public List<X509Certificate> chain() {
        return certificates(paths, CERTIFICATE, paths.certificate(), certificate);
    }

    /** The key of {@link #chain}'s first. */
    public PrivateKey privateKey(X509Certificate own) {
        return privateKey(paths, key, own);
    }

    /** Certificates that those of others must chain to; empty when there is no such file. */
    public List<X509Certificate> authorities() {
        return ca == null ? List.of() : certificates(paths, paths.caKey(), paths.ca(), ca);
    }

    /**
     * Certificates that were revoked; null when no list is given.
     *
     * @param refuseExpired whether a list that should have been replaced lets nobody in
     */
    public @Nullable Revocations revocations(boolean refuseExpired, InstantSource clock) {
        if (crls.isEmpty()) {
            return null;
        }
        List<X509CRL> lists = new ArrayList<>();
        for (int i = 0; i < crls.size(); i++) {
            lists.addAll(crls(paths, paths.crls().get(i), crls.get(i), authorities()));
        }
        return new Revocations(lists, authorities(), refuseExpired, clock);
    }

    private static List<X509CRL> crls(PemPaths paths, Path path, byte[] bytes, List<X509Certificate> authorities) {
        List<X509CRL> lists;
        try {
            lists = PemFiles.crls(bytes);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw wrong(paths, CRL, path, "lists of revoked certificates, in PEM or DER; " + e.getMessage(), e);
        }
        for (X509CRL list : lists) {
            String violation = Revocations.violation(list, authorities);
            if (violation != null) {
                String expected = "lists of revoked certificates of " + paths.caKey() + "; " + violation;
                throw wrong(paths, CRL, path, expected, null);
            }
        }
        return lists;
    }

    /** What others hold against the own certificate: it is not valid today. */
    public Optional<String> age(String others) {
        return age(paths, chain().getFirst(), others);
    }

    /** As {@link #age}, at any later time, for {@code own} of {@link #chain}. */
    public Supplier<Optional<String>> ages(X509Certificate own, String others) {
        PemPaths of = paths; // not these contents, which hold the key
        return () -> age(of, own, others);
    }

    /** What to throw when the contents cannot be used together. */
    public UnusableFileException unusable(Exception cause) {
        return wrong(paths, KEY, paths.key(), expectedKey(paths) + cause.getMessage(), cause);
    }

    /** What to throw when the own certificate is not one that {@code expected} tells. */
    public UnusableFileException misfit(String expected) {
        return wrong(paths, CERTIFICATE, paths.certificate(), expected, null);
    }

    private static PrivateKey privateKey(PemPaths paths, byte[] pem, X509Certificate own) {
        Path file = Objects.requireNonNull(paths.key());
        try {
            PemFiles.Password password = new PemFiles.Password(paths.full("key-password"), paths.keyPassword());
            return PemFiles.privateKey(pem, file, password, own);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw wrong(paths, KEY, file, expectedKey(paths) + e.getMessage(), e);
        }
    }

    private static String expectedKey(PemPaths paths) {
        return "the PKCS#8 key of " + paths.full(CERTIFICATE) + "; ";
    }

    private static Optional<String> age(PemPaths paths, X509Certificate own, String others) {
        String what = paths.full(CERTIFICATE) + ": " + own.getSubjectX500Principal();
        try {
            own.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of(what + " expired at " + own.getNotAfter().toInstant() + ": " + others);
        } catch (CertificateNotYetValidException e) {
            return Optional.of(
                    what + " is valid only from " + own.getNotBefore().toInstant() + " on: " + others);
        }
    }

    private static List<X509Certificate> certificates(PemPaths paths, String name, @Nullable Path path, byte[] pem) {
        try {
            return PemFiles.certificates(pem, Objects.requireNonNull(path));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw wrong(paths, name, path, "certificates in PEM; " + e.getMessage(), e);
        }
    }

    private static UnusableFileException wrong(
            PemPaths paths, String name, @Nullable Path path, String expected, @Nullable Exception cause) {
        return new UnusableFileException(paths.full(name), String.valueOf(path), expected, cause);
    }
}
