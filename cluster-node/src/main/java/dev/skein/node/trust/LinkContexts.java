package dev.skein.node.trust;

import dev.skein.node.cluster.LinkTls;
import dev.skein.node.tls.PemContents;
import dev.skein.node.tls.PemPaths;
import dev.skein.node.tls.Reloaded;
import dev.skein.node.tls.UnusableFileException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS as nodes speak it with one another: version 1.3, certificates on both sides, made anew when the files of
 * {@code skein.cluster.tls} change. Connections that are open stay as they are. Thread-safe.
 */
public final class LinkContexts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkContexts.class);
    private static final String WHO_REFUSES = "the other nodes refuse this one";
    private static final String VERSION = "TLSv1.3";
    /** The shorter key first: it costs a third less than 256 bits and is as much out of reach. */
    private static final String[] CIPHERS = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    private final String host;
    private final Consumer<Instant> inUse;
    private final Reloaded<SSLContext> contexts;

    /** Told of the files. */
    public interface Listener {
        /** Changed files are in use, or were refused and the old ones stay. */
        void reloaded(boolean success);

        /** A certificate is in use from now on that is valid until then. */
        void inUse(Instant validUntil);
    }

    private LinkContexts(LinkTls settings, String host, Listener listener) {
        this.host = host;
        this.inUse = listener::inUse;
        this.contexts = Reloaded.open(recipe(settings), settings.reloadInterval(), listener::reloaded);
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @param host what the others call this node
     * @throws UnusableFileException naming the key whose file is not usable
     */
    public static LinkContexts open(LinkTls settings, String host, Listener listener) {
        return new LinkContexts(settings, host, listener);
    }

    /**
     * Every mistake in the files, each naming its key.
     *
     * @param warn told of what is odd and lets a node start all the same
     */
    public static List<String> problems(LinkTls settings, String host, Consumer<String> warn) {
        PemPaths paths = paths(settings);
        List<String> problems = new ArrayList<>(PemContents.problems(paths, WHO_REFUSES, warn));
        if (problems.isEmpty()) {
            try {
                PemContents contents = PemContents.read(paths);
                requireOwn(contents, host);
                stray(contents, trust(contents)).ifPresent(warn);
            } catch (UnusableFileException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return problems;
    }

    /**
     * Reads the files of {@code wanted}, changed or not.
     *
     * @return fails with {@link UnusableFileException} when they are not usable; then everything stays as it is
     */
    public CompletableFuture<Void> reload(LinkTls wanted) {
        return contexts.reload(recipe(wanted));
    }

    private Reloaded.Recipe<SSLContext> recipe(LinkTls settings) {
        return new Reloaded.Recipe<>(paths(settings), this::context);
    }

    private static PemPaths paths(LinkTls settings) {
        return new PemPaths(
                LinkTls.SECTION, settings.certificate(), settings.key(), settings.keyPassword(), "ca", settings.ca());
    }

    private SSLContext context(PemContents contents) {
        List<X509Certificate> chain = contents.chain();
        X509Certificate own = chain.getFirst();
        PrivateKey key = contents.privateKey(own);
        requireOwn(contents, host);
        X509TrustManager trust = trust(contents);
        try {
            KeyStore store = empty();
            store.setKeyEntry("own", key, new char[0], chain.toArray(new X509Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance(VERSION);
            context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
            LOG.info(
                    "Certificate of the links in use: {}, valid until {}, trusting {}",
                    new HostCertificate(own),
                    own.getNotAfter().toInstant(),
                    contents.authorities().stream()
                            .map(each -> each.getSubjectX500Principal().getName())
                            .toList());
            contents.age(WHO_REFUSES).ifPresent(LOG::warn);
            stray(contents, trust).ifPresent(LOG::warn);
            inUse.accept(own.getNotAfter().toInstant());
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw contents.unusable(e);
        }
    }

    /** Others would refuse it on one side or the other, and say so only in their logs. */
    private static void requireOwn(PemContents contents, String host) {
        HostCertificate own = new HostCertificate(contents.chain().getFirst());
        if (!own.holds(host)) {
            throw contents.misfit(
                    "a certificate that has skein.cluster.host, " + host + ", among its names; it is " + own);
        }
        if (!own.isForBothSides()) {
            throw contents.misfit("a certificate for server and client authentication; the extended key usage of " + own
                    + " has not both");
        }
    }

    private static X509TrustManager trust(PemContents contents) {
        try {
            KeyStore store = empty();
            int number = 0;
            for (X509Certificate authority : contents.authorities()) {
                store.setCertificateEntry("ca" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw contents.unusable(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** A node that shows a certificate which it would not take itself is most likely given the wrong file. */
    private static Optional<String> stray(PemContents contents, X509TrustManager trust) {
        List<X509Certificate> chain = contents.chain();
        try {
            chain.getFirst().checkValidity();
            trust.checkServerTrusted(chain.toArray(new X509Certificate[0]), "UNKNOWN");
            return Optional.empty();
        } catch (CertificateException e) {
            return Optional.of(LinkTls.SECTION + ".certificate: " + new HostCertificate(chain.getFirst())
                    + " is not one that skein.cluster.tls.ca vouches for: nodes with the same file refuse this one");
        }
    }

    /** For a connection that this node makes to {@code peer}: whoever answers must have a certificate for it. */
    SSLEngine client(String peer, int port) {
        SSLEngine engine = contexts.current().createSSLEngine(HostCertificate.bare(peer), port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** For a connection that came. */
    SSLEngine server() {
        SSLEngine engine = contexts.current().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {VERSION});
        parameters.setCipherSuites(CIPHERS);
        return parameters;
    }

    @Override
    public void close() {
        contexts.close();
    }
}
