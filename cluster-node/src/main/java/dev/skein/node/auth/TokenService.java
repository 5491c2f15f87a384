package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.Secret;
import dev.skein.node.registry.TokenKey;
import dev.skein.protocol.apsara.SignedToken;
import dev.skein.protocol.apsara.TokenClaims;
import dev.skein.protocol.apsara.TokenId;
import dev.skein.protocol.wire.FailureText;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens and takes them back. Making one asks nobody, once an instance has its first key; thread-safe.
 *
 * <p>Everything is answered with {@link Reply}; no stage fails.
 */
public final class TokenService {
    /** Shortest life of a token. */
    public static final Duration LIFE_MIN = Duration.ofSeconds(60);

    /** Longest life of a token; whoever asks for more gets this. */
    public static final Duration LIFE_MAX = Duration.ofDays(30);

    /** Until then every node has a new key. */
    private static final Duration KEY_SPREAD = Duration.ofSeconds(1);

    private final InstanceViews views;
    private final Changes changes;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Changes the registry of an instance. */
    @FunctionalInterface
    public interface Changes {
        /** Completes, never with a failure, when this node shows the change, or with why it is not made. */
        CompletionStage<RegistryReply.ChangeReply> change(
                String instance, Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command);
    }

    /** What comes of a request. */
    public sealed interface Reply {}

    /** A new token. */
    public record Applied(String token, TokenClaims claims) implements Reply {}

    /** Whether a token is good now. */
    public record Queried(boolean good) implements Reply {}

    /** The token counts no more: on this node, and within a second on all others. */
    public record Revoked() implements Reply {}

    /**
     * It was refused.
     *
     * @param text names what was wrong and what is expected
     */
    public record Refused(RegistryReply.Code code, String text) implements Reply {}

    /**
     * What somebody applies for.
     *
     * @param accessKeyId who does
     * @param actions {@code R}, {@code W} or {@code R,W}
     * @param resources topic filters
     * @param expireTime milliseconds since 1970
     */
    public record Application(String accessKeyId, String actions, List<String> resources, long expireTime) {}

    /** @param random secure */
    public TokenService(InstanceViews views, Changes changes, InstantSource clock, SecureRandom random) {
        this.views = views;
        this.changes = changes;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a token.
     *
     * @param by for the audit log, when this makes the first key
     */
    public CompletionStage<Reply> apply(String instance, Application asked, String by) {
        InstanceView view = views.find(instance);
        Instant now = clock.instant();
        String wrong = view == null ? Refusals.noInstance(instance) : violation(asked, now);
        if (view == null || wrong != null) {
            return done(new Refused(
                    view == null ? RegistryReply.Code.UNKNOWN_INSTANCE : RegistryReply.Code.INVALID,
                    String.valueOf(wrong)));
        }
        TokenKey key = view.tokens().signing(now);
        if (key == null) {
            return newKey(instance, true, by).thenCompose(reply -> switch (reply) {
                case RegistryReply.Done _ -> signed(instance, asked, null);
                case RegistryReply.Rejected rejected -> done(new Refused(rejected.code(), rejected.text()));
            });
        }
        return signed(instance, asked, key);
    }

    /** Makes a key that signs tokens from now on; those of before still count. */
    public CompletionStage<RegistryReply.ChangeReply> newKey(String instance, boolean first, String by) {
        byte[] bytes = new byte[TokenKey.BYTES];
        random.nextBytes(bytes);
        Secret secret = new Secret(Base64.getEncoder().encodeToString(bytes));
        return changes.change(instance, to -> new RegistryCommand.AddTokenKey(by, secret, first, to));
    }

    private CompletionStage<Reply> signed(String instance, Application asked, @Nullable TokenKey known) {
        Instant now = clock.instant();
        TokenKey key = known == null
                ? Objects.requireNonNull(views.find(instance)).tokens().signing(now)
                : known;
        if (key == null) {
            return done(new Refused(
                    RegistryReply.Code.UNAVAILABLE, "token-key: not known to this node yet (expected: try again)"));
        }
        TokenClaims claims = new TokenClaims(
                new TokenId(random.nextLong(), random.nextLong()),
                instance,
                asked.accessKeyId(),
                asked.actions().contains("R"),
                asked.actions().contains("W"),
                asked.resources(),
                Math.min(asked.expireTime(), now.plus(LIFE_MAX).toEpochMilli()));
        Reply applied = new Applied(SignedToken.sign(key.bytes(), key.number(), claims), claims);
        boolean spread = now.isAfter(key.created().plus(KEY_SPREAD));
        return spread
                ? done(applied)
                : CompletableFuture.supplyAsync(
                        () -> applied, CompletableFuture.delayedExecutor(KEY_SPREAD.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static @Nullable String violation(Application asked, Instant now) {
        if (!List.of("R", "W", "R,W", "W,R").contains(asked.actions())) {
            return FailureText.of("actions", asked.actions(), "R, W or R,W");
        }
        if (asked.expireTime() < now.plus(LIFE_MIN).toEpochMilli()) {
            return FailureText.of("expireTime", asked.expireTime(), "milliseconds since 1970, at least 60 s from now");
        }
        return TokenClaims.violation(asked.resources());
    }

    /** Whether a token is good now, whatever it is used for. */
    public Reply query(String instance, String token) {
        InstanceView view = views.find(instance);
        if (view == null) {
            return new Refused(RegistryReply.Code.UNKNOWN_INSTANCE, Refusals.noInstance(instance));
        }
        SignedToken read = TokenVerifier.authentic(view, token);
        return new Queried(read != null
                && read.claims().expiresAt() > clock.millis()
                && !view.tokens().revoked().contains(read.claims().id())
                && view.accessKey(read.claims().accessKeyId()) != null);
    }

    /** Takes a token back: who is connected with it is closed. One that has expired is not remembered. */
    public CompletionStage<Reply> revoke(String instance, String token, String by) {
        InstanceView view = views.find(instance);
        if (view == null) {
            return done(new Refused(RegistryReply.Code.UNKNOWN_INSTANCE, Refusals.noInstance(instance)));
        }
        SignedToken read = TokenVerifier.authentic(view, token);
        if (read == null) {
            return done(new Refused(
                    RegistryReply.Code.INVALID,
                    "token: not one that instance " + instance + " has signed (expected: one of ApplyToken)"));
        }
        TokenClaims claims = read.claims();
        if (claims.expiresAt() <= clock.millis()) {
            return done(new Revoked());
        }
        return changes.change(
                        instance,
                        to -> new RegistryCommand.RevokeToken(by, claims.id().toString(), claims.expiresAt(), to))
                .thenApply(reply -> switch (reply) {
                    case RegistryReply.Done _ -> new Revoked();
                    case RegistryReply.Rejected rejected -> new Refused(rejected.code(), rejected.text());
                });
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
