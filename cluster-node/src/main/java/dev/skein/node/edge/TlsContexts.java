package dev.skein.node.edge;

import dev.skein.node.edge.TlsSettings.ClientAuth;
import dev.skein.node.tls.ClientTrust;
import dev.skein.node.tls.PemContents;
import dev.skein.node.tls.Reloaded;
import dev.skein.node.tls.Revocations;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS context that new handshakes of clients use, made anew when the files of {@code skein.tls} change. */
final class TlsContexts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final String WHO_REFUSES = "clients that check it refuse to connect";

    private final EdgeCounters counters;
    private final Reloaded<Made> contexts;

    /** What is in use, and what time does to it: its certificate ends, and so do lists of revoked ones. */
    private static final class Made {
        private final SslContext context;
        private final Supplier<Optional<String>> age;
        private final @Nullable Revocations revocations;
        /** What the log has been told. */
        private List<String> told = List.of();

        private Made(SslContext context, Supplier<Optional<String>> age, @Nullable Revocations revocations) {
            this.context = context;
            this.age = age;
            this.revocations = revocations;
        }
    }

    private TlsContexts(TlsSettings settings, EdgeCounters counters) {
        this.counters = counters;
        this.contexts = Reloaded.open(recipe(settings), settings.reloadInterval(), counters::certificatesReloaded);
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @throws dev.skein.node.tls.UnusableFileException naming the key whose file is not usable
     */
    static TlsContexts open(TlsSettings settings, EdgeCounters counters) {
        return new TlsContexts(settings, counters);
    }

    /**
     * Every mistake in the files, each naming its key; empty when a listener can open with them.
     *
     * @param warn told of what is odd and lets a listener open all the same
     */
    static List<String> problems(TlsSettings settings, Consumer<String> warn) {
        return PemContents.problems(settings.files(), WHO_REFUSES, warn);
    }

    /** The context for a new handshake. */
    SslContext current() {
        return contexts.current().context;
    }

    /**
     * Reads the files of {@code wanted}, changed or not; these settings are in use from then on.
     *
     * @return fails with {@link dev.skein.node.tls.UnusableFileException} when they are not usable; then everything
     *     stays as it is
     */
    CompletableFuture<Void> reload(TlsSettings wanted) {
        return contexts.reload(recipe(wanted));
    }

    private Reloaded.Recipe<Made> recipe(TlsSettings settings) {
        return new Reloaded.Recipe<>(settings.files(), contents -> context(contents, settings), this::look);
    }

    private void look(Made made) {
        Revocations lists = made.revocations;
        String expired = lists == null ? null : lists.age().orElse(null);
        List<String> now = Stream.of(made.age.get(), Optional.ofNullable(expired))
                .flatMap(Optional::stream)
                .toList();
        now.stream().filter(text -> !made.told.contains(text)).forEach(LOG::warn);
        made.told = now;
        counters.revocationsInUse(lists == null ? null : lists.until().orElse(null), expired);
    }

    private Made context(PemContents contents, TlsSettings settings) {
        List<X509Certificate> chain = contents.chain();
        X509Certificate own = chain.getFirst();
        PrivateKey key = contents.privateKey(own);
        List<X509Certificate> authorities = contents.authorities();
        Revocations revocations = contents.revocations(settings.refuseExpiredCrl(), InstantSource.system());
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(key, chain.toArray(new X509Certificate[0]))
                    .sslProvider(SslProvider.JDK)
                    .protocols(settings.protocols())
                    .clientAuth(nettyName(settings.clientAuth()));
            if (revocations != null) {
                builder.trustManager(ClientTrust.of(authorities, revocations));
            } else if (!authorities.isEmpty()) {
                builder.trustManager(authorities.toArray(new X509Certificate[0]));
            }
            SslContext context = builder.build();
            LOG.info(
                    "Certificate in use: {}, valid until {}",
                    own.getSubjectX500Principal(),
                    own.getNotAfter().toInstant());
            counters.certificateInUse(own.getNotAfter().toInstant());
            Made made = new Made(context, contents.ages(own, WHO_REFUSES), revocations);
            look(made);
            return made;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw contents.unusable(e);
        }
    }

    private static io.netty.handler.ssl.ClientAuth nettyName(ClientAuth clientAuth) {
        return switch (clientAuth) {
            case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
            case OPTIONAL -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
            case REQUIRED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
        };
    }

    @Override
    public void close() {
        contexts.close();
    }
}
