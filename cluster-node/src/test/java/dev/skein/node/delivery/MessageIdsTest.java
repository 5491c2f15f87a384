package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.message.MessageId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageIdsTest {
    private static final int NODES = 5;
    private static final int LANES = 8;
    private static final int MESSAGES = 100;

    private final Random random = new Random(7);

    @Test
    void noTwoLoopsOfNodesThatStartTogetherGiveOneIdentityTwice() {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1_800_000_000_000L));
        Set<MessageId> all = new HashSet<>();
        for (int node = 0; node < NODES; node++) {
            long uid = random.nextLong();
            for (int lane = 0; lane < LANES; lane++) {
                MessageIds ids = new MessageIds(clock, uid, lane);
                for (int i = 0; i < MESSAGES; i++) {
                    all.add(ids.next());
                }
            }
        }
        assertThat(all).hasSize(NODES * LANES * MESSAGES).allMatch(id -> id.writer() < 0);
    }

    @Test
    void aClockThatIsSetBackDoesNotTurnTheOrder() {
        Instant[] now = {Instant.ofEpochMilli(1_800_000_000_000L)};
        MessageIds ids = new MessageIds(() -> now[0], random.nextLong(), 0);
        MessageId before = ids.next();
        now[0] = now[0].minusSeconds(10);
        assertThat(ids.next()).isGreaterThan(before);
    }
}
