package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.TokenGrants;
import dev.skein.node.delivery.RecordedCommands;
import dev.skein.node.delivery.TestDelivery;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.Secret;
import dev.skein.node.registry.TokenKey;
import dev.skein.node.registry.TokenViews;
import dev.skein.protocol.apsara.SignedToken;
import dev.skein.protocol.apsara.TokenClaims;
import dev.skein.protocol.apsara.TokenId;
import dev.skein.protocol.apsara.TokenType;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.InboundAck;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client with a token hears of its end, by a clock that the test moves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RightsWatchTest {
    private static final Instant BEGIN = Instant.parse("2026-11-30T12:00:00Z");
    private static final Duration LIFE = Duration.ofHours(1);
    private static final TokenKey KEY = TokenViews.key(1, 1, BEGIN);
    private static final TokenId ID = new TokenId(1, 2);

    private final InstanceView view =
            TokenViews.with(TestDelivery.open(), KEY, new AccessKey("key1", new Secret("x"), null, List.of()));
    private Instant now = BEGIN;
    private final OneConnection one = new OneConnection(
            new TestDelivery(new RecordedCommands(), 1, view, () -> now),
            TokenGrants.client(view, "key1", TokenType.RW, token(ID, LIFE), BEGIN),
            0);

    private static String token(TokenId id, Duration life) {
        return SignedToken.sign(
                KEY.bytes(),
                1,
                new TokenClaims(
                        id,
                        "default",
                        "key1",
                        true,
                        true,
                        List.of("news/#"),
                        BEGIN.plus(life).toEpochMilli()));
    }

    @AfterEach
    void close() {
        one.close();
    }

    private String sent() {
        one.channel.runPendingTasks();
        one.connection.flush();
        StringBuilder text = new StringBuilder();
        for (ByteBuf each = one.channel.readOutbound(); each != null; each = one.channel.readOutbound()) {
            text.append(each.toString(UTF_8));
            each.release();
        }
        return text.toString();
    }

    private String sentAt(Duration since) {
        now = BEGIN.plus(since);
        one.connection.checkDeadlines(System.nanoTime());
        return sent();
    }

    @Test
    void fiveMinutesBeforeTheEndTheClientIsToldOnce() {
        assertThat(sentAt(LIFE.minusMinutes(5).minusMillis(1))).isEmpty();
        long end = BEGIN.plus(LIFE).toEpochMilli();
        assertThat(sentAt(LIFE.minusMinutes(5)))
                .endsWith("{\"expireTime\":" + end + ",\"exprireTime\":" + end + ",\"type\":\"RW\"}")
                .contains("$SYS/tokenExpireNotice");
        assertThat(sentAt(LIFE.minusSeconds(1))).isEmpty();
        assertThat(one.connection.isClosed()).isFalse();
    }

    @Test
    void atTheEndItIsToldWhyAndClosedWhenItHasRead() {
        one.channel.writeInbound(new InboundAck(InboundAck.Kind.PUBACK, packetId(sentAt(LIFE.minusMinutes(5)))));
        String invalid = sentAt(LIFE);
        assertThat(invalid).contains("$SYS/tokenInvalidNotice").endsWith("{\"code\":2,\"type\":\"RW\"}");
        assertThat(one.connection.isClosed()).isFalse();
        one.channel.writeInbound(
                new InboundPublish(TopicName.of("news/x"), Content.of(new byte[1]), 1, false, false, 7));
        assertThat(sent()).as("nothing counts any more").isEmpty();
        one.channel.writeInbound(new InboundAck(InboundAck.Kind.PUBACK, packetId(invalid)));
        assertThat(one.connection.isClosed()).isTrue();
    }

    /** The two bytes behind the topic. */
    private static int packetId(String publish) {
        int behind = publish.indexOf("Notice") + "Notice".length();
        return (publish.charAt(behind) << 8) | publish.charAt(behind + 1);
    }

    @Test
    void whoDoesNotReadIsClosedAfterAWhile() {
        one.channel.freezeTime();
        assertThat(sentAt(LIFE)).contains("$SYS/tokenInvalidNotice");
        one.channel.advanceTimeBy(299, TimeUnit.MILLISECONDS);
        one.channel.runScheduledPendingTasks();
        assertThat(one.connection.isClosed()).isFalse();
        one.channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        one.channel.runScheduledPendingTasks();
        assertThat(one.connection.isClosed()).isTrue();
    }

    @Test
    void oneThatIsRenewedLivesOn() {
        String upload = "{\"token\":\"" + token(new TokenId(3, 4), LIFE.multipliedBy(2)) + "\",\"type\":\"RW\"}";
        one.channel.writeInbound(new InboundPublish(
                TopicName.of("$SYS/uploadToken"), Content.of(upload.getBytes(UTF_8)), 1, false, false, 7));
        assertThat(sent()).isEqualTo("@\2\0\7");
        assertThat(sentAt(LIFE)).isEmpty();
        assertThat(sentAt(LIFE.multipliedBy(2).minusMinutes(5))).contains("$SYS/tokenExpireNotice");
        assertThat(one.connection.isClosed()).isFalse();
    }
}
