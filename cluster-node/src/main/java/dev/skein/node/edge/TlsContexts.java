package dev.skein.node.edge;

import dev.skein.node.edge.TlsSettings.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
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
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS context that new handshakes use. Looks at the files at an interval and replaces the context when their
 * contents have changed; contents that do not fit together leave the old one in use. Any thread may read it.
 */
final class TlsContexts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    private final EdgeCounters counters;
    private final ScheduledExecutorService watcher;
    private volatile SslContext current;
    /** Only the watcher touches it. */
    private TlsSettings settings;
    /** Fingerprint of what was read last, good or bad. Only the watcher touches it. */
    private String seen;

    private TlsContexts(TlsSettings settings, EdgeCounters counters, Contents contents, SslContext first) {
        this.settings = settings;
        this.counters = counters;
        this.current = first;
        this.seen = contents.fingerprint();
        this.watcher = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("skein-tls-reload").factory());
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @throws EdgeStartException naming the key whose file is not usable
     */
    static TlsContexts open(TlsSettings settings, EdgeCounters counters) {
        Contents contents = Contents.read(settings);
        TlsContexts contexts = new TlsContexts(settings, counters, contents, contents.context(settings));
        contexts.watch();
        return contexts;
    }

    /**
     * Every mistake in the files, each naming its key; empty when a listener can open with them.
     *
     * @param warn told of what is odd and lets a listener open all the same
     */
    static List<String> problems(TlsSettings settings, Consumer<String> warn) {
        List<String> problems = new ArrayList<>();
        List<X509Certificate> chain = new ArrayList<>();
        look("certificate", settings.certificate(), problems, pem -> {
            chain.addAll(Contents.certificates("certificate", settings.certificate(), pem));
            Contents.age(chain.getFirst()).ifPresent(warn);
        });
        look("key", settings.key(), problems, pem -> {
            if (!chain.isEmpty()) {
                Contents.privateKey(settings, pem, chain.getFirst());
            }
        });
        if (settings.clientAuth() != ClientAuth.NONE) {
            look(
                    "client-ca",
                    settings.clientCa(),
                    problems,
                    pem -> Contents.certificates("client-ca", settings.clientCa(), pem));
        }
        return problems;
    }

    private static void look(String key, @Nullable Path file, List<String> problems, Consumer<byte[]> check) {
        try {
            if (file != null) {
                check.accept(Contents.bytes(key, file));
            }
        } catch (EdgeStartException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void watch() {
        long interval = settings.reloadInterval().toMillis();
        var unused = watcher.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** The context for a new handshake. */
    SslContext current() {
        return current;
    }

    /**
     * Reads the files of {@code wanted}, changed or not; these settings are in use from then on.
     *
     * @return fails with {@link EdgeStartException} when they are not usable; then everything stays as it is
     */
    CompletableFuture<Void> reload(TlsSettings wanted) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        take(wanted, true);
                    } catch (EdgeStartException e) {
                        counters.certificatesReloaded(false);
                        if (wanted.equals(settings)) {
                            seen = ""; // whatever the files hold next is read
                        }
                        throw e;
                    }
                },
                watcher);
    }

    private void take(TlsSettings wanted, boolean always) {
        // The contents are compared, not times and sizes: the files are small, and a copied file may keep its time.
        Contents contents = Contents.read(wanted);
        if (!always && contents.fingerprint().equals(seen)) {
            return;
        }
        if (!always) {
            seen = contents.fingerprint();
        }
        current = contents.context(wanted);
        settings = wanted;
        seen = contents.fingerprint();
        counters.certificatesReloaded(true);
    }

    /** Runs on the watcher; never throws, since that would end the watching. */
    private void check() {
        try {
            take(settings, false);
        } catch (EdgeStartException e) {
            failed(e);
        }
    }

    private void failed(EdgeStartException e) {
        // A file that cannot be read has no fingerprint: its message stands for it, so that it is logged once.
        String message = e.getMessage();
        boolean unreadable = e.getCause() instanceof IOException;
        if (unreadable && seen.equals(message)) {
            return;
        }
        if (unreadable) {
            seen = Objects.requireNonNullElse(message, "");
        }
        LOG.error("Changed certificates are not taken up, the old ones stay in use: {}", message);
        counters.certificatesReloaded(false);
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }

    /** What the files held at one moment: read once, so that fingerprint and context belong together. */
    private static final class Contents {

        private final byte[] certificate;
        private final byte[] key;
        private final byte @Nullable [] clientCa;

        private Contents(byte[] certificate, byte[] key, byte @Nullable [] clientCa) {
            this.certificate = certificate;
            this.key = key;
            this.clientCa = clientCa;
        }

        static Contents read(TlsSettings settings) {
            return new Contents(
                    bytes("certificate", Objects.requireNonNull(settings.certificate())),
                    bytes("key", Objects.requireNonNull(settings.key())),
                    settings.clientAuth() == ClientAuth.NONE
                            ? null
                            : bytes("client-ca", Objects.requireNonNull(settings.clientCa())));
        }

        static byte[] bytes(String key, Path path) {
            try {
                return Files.readAllBytes(path);
            } catch (IOException e) {
                throw wrong(key, path, "a PEM file that can be read; " + whyUnreadable(path, e), e);
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

        String fingerprint() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(MessageDigest.getInstance("SHA-256").digest(certificate));
                digest.update(MessageDigest.getInstance("SHA-256").digest(key));
                if (clientCa != null) {
                    digest.update(clientCa);
                }
                return HexFormat.of().formatHex(digest.digest());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        SslContext context(TlsSettings settings) {
            List<X509Certificate> chain = certificates("certificate", settings.certificate(), certificate);
            X509Certificate own = chain.getFirst();
            PrivateKey privateKey = privateKey(settings, key, own);
            try {
                SslContextBuilder builder = SslContextBuilder.forServer(
                                privateKey, chain.toArray(new X509Certificate[0]))
                        .sslProvider(SslProvider.JDK)
                        .protocols(settings.protocols())
                        .clientAuth(nettyName(settings.clientAuth()));
                if (clientCa != null) {
                    builder.trustManager(certificates("client-ca", settings.clientCa(), clientCa)
                            .toArray(new X509Certificate[0]));
                }
                SslContext context = builder.build();
                LOG.info(
                        "Certificate in use: {}, valid until {}",
                        own.getSubjectX500Principal(),
                        own.getNotAfter().toInstant());
                age(own).ifPresent(LOG::warn);
                return context;
            } catch (IOException | IllegalArgumentException e) {
                throw wrong("key", settings.key(), "the PKCS#8 key of skein.tls.certificate; " + e.getMessage(), e);
            }
        }

        static PrivateKey privateKey(TlsSettings settings, byte[] pem, X509Certificate own) {
            Path file = Objects.requireNonNull(settings.key());
            try {
                return PemFiles.privateKey(pem, file, settings.keyPassword(), own);
            } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
                throw wrong("key", file, "the PKCS#8 key of skein.tls.certificate; " + e.getMessage(), e);
            }
        }

        /** What clients will hold against the certificate: it is not valid today. */
        static Optional<String> age(X509Certificate own) {
            try {
                own.checkValidity();
                return Optional.empty();
            } catch (CertificateExpiredException e) {
                return Optional.of("skein.tls.certificate: " + own.getSubjectX500Principal() + " expired at "
                        + own.getNotAfter().toInstant() + ": clients that check it refuse to connect");
            } catch (CertificateNotYetValidException e) {
                return Optional.of("skein.tls.certificate: " + own.getSubjectX500Principal() + " is valid only from "
                        + own.getNotBefore().toInstant() + " on: clients that check it refuse to connect");
            }
        }

        static List<X509Certificate> certificates(String key, @Nullable Path path, byte[] pem) {
            try {
                return PemFiles.certificates(pem, Objects.requireNonNull(path));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw wrong(key, path, "certificates in PEM; " + e.getMessage(), e);
            }
        }

        private static io.netty.handler.ssl.ClientAuth nettyName(ClientAuth clientAuth) {
            return switch (clientAuth) {
                case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
                case OPTIONAL -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
                case REQUIRED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
            };
        }

        private static EdgeStartException wrong(String key, @Nullable Path path, String expected, Exception cause) {
            return new EdgeStartException("skein.tls." + key, String.valueOf(path), expected, cause);
        }
    }
}
