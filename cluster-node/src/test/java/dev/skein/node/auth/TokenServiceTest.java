package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.TokenService.Application;
import dev.skein.node.auth.TokenService.Applied;
import dev.skein.node.auth.TokenService.Queried;
import dev.skein.node.auth.TokenService.Refused;
import dev.skein.node.auth.TokenService.Reply;
import dev.skein.node.auth.TokenService.Revoked;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.RegistryReply.Code;
import dev.skein.node.registry.TokenKey;
import dev.skein.node.registry.TokenViews;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenServiceTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final long DEADLINE_SECONDS = 60;

    private final List<RegistryCommand> changes = new ArrayList<>();
    private InstanceView view = Views.fleet("access-keys = [{ id = key1, secret = XXXXX }]");
    private Instant now = NOW;
    private RegistryReply.@Nullable Rejected rejected;
    private final TokenService service =
            new TokenService(new FleetView(() -> view), this::change, () -> now, new SecureRandom());

    @SuppressWarnings("NullAway") // nobody is answered
    private CompletionStage<RegistryReply.ChangeReply> change(
            String instance, Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> made) {
        RegistryCommand command = made.apply(null);
        changes.add(command);
        if (rejected != null) {
            return CompletableFuture.completedStage(rejected);
        }
        switch (command) {
            case RegistryCommand.AddTokenKey add -> view = TokenViews.with(view, new TokenKey(1, add.secret(), now));
            case RegistryCommand.RevokeToken revoke -> TokenViews.revoke(view, revoke.tokenId(), revoke.expiresAt());
            default -> throw new IllegalStateException(command.toString());
        }
        return CompletableFuture.completedStage(new RegistryReply.Done(1, "1"));
    }

    private static Application application(String actions, Duration life, String... resources) {
        return new Application(
                "key1", actions, List.of(resources), NOW.plus(life).toEpochMilli());
    }

    private Reply apply(Application asked) throws Exception {
        return service.apply("fleet", asked, "me").toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private Reply revoke(String token) throws Exception {
        return service.revoke("fleet", token, "me").toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void theFirstTokenMakesTheKeyAndTheOthersAskNobody() throws Exception {
        Applied first = (Applied) apply(application("R,W", Duration.ofDays(90), "b/#", "a/+", "b/#"));
        assertThat(changes)
                .hasSize(1)
                .allSatisfy(each -> assertThat(each.toString()).contains("first=true", "secret=***"));
        assertThat(first.claims().filters()).containsExactly("a/+", "b/#");
        assertThat(first.claims().expiresAt())
                .as("30 days at the most")
                .isEqualTo(NOW.plus(Duration.ofDays(30)).toEpochMilli());
        now = NOW.plusSeconds(10);
        Applied second = (Applied) apply(application("R", Duration.ofDays(1), "a"));
        assertThat(changes).hasSize(1);
        assertThat(second.claims().id()).isNotEqualTo(first.claims().id());
        assertThat(second.claims().writes()).isFalse();
        assertThat(service.query("fleet", second.token())).isEqualTo(new Queried(true));
    }

    @Test
    void whatIsRevokedIsNotGood() throws Exception {
        Applied made = (Applied) apply(application("W", Duration.ofDays(1), "a"));
        assertThat(revoke(made.token())).isEqualTo(new Revoked());
        assertThat(service.query("fleet", made.token())).isEqualTo(new Queried(false));
        assertThat(service.query("fleet", "nonsense")).isEqualTo(new Queried(false));
        assertThat(revoke("nonsense"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(Code.INVALID));
    }

    @Test
    void whatHasExpiredNeedsNoRevocation() throws Exception {
        Applied made = (Applied) apply(application("W", Duration.ofDays(1), "a"));
        now = NOW.plus(Duration.ofDays(1));
        assertThat(service.query("fleet", made.token())).isEqualTo(new Queried(false));
        assertThat(revoke(made.token())).isEqualTo(new Revoked());
        assertThat(changes).as("the key alone").hasSize(1);
    }

    @Test
    void whatTheRegistryRefusesIsTold() throws Exception {
        Applied made = (Applied) apply(application("W", Duration.ofDays(1), "a"));
        rejected = new RegistryReply.Rejected(Code.TOO_MANY, "too many");
        assertThat(revoke(made.token())).isEqualTo(new Refused(Code.TOO_MANY, "too many"));
    }

    @ParameterizedTest
    @CsvSource({
        "RW,  3600, a, 'actions: RW (expected: R, W or R,W)'",
        "'',  3600, a, 'actions:  (expected: R, W or R,W)'",
        "R,   59,   a, 'expireTime: 1796040059000 (expected: milliseconds since 1970, at least 60 s from now)'",
    })
    void whatMayNotBeIsNamed(String actions, long seconds, String resource, String text) throws Exception {
        assertThat(apply(application(actions, Duration.ofSeconds(seconds), resource)))
                .isEqualTo(new Refused(Code.INVALID, text));
        assertThat(changes).isEmpty();
    }

    @Test
    void anInstanceThatIsNotThereIsNamed() throws Exception {
        assertThat(service.apply("gone", application("R", Duration.ofDays(1), "a"), "me")
                        .toCompletableFuture()
                        .get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new Refused(
                        Code.UNKNOWN_INSTANCE, "instance: gone (expected: one that skein.instances configures)"));
    }
}
