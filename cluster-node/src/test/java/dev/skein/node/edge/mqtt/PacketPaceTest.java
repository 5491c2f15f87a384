package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacketPaceTest {
    private static final PacketPace.Bound BOUND = new PacketPace.Bound(Duration.ofSeconds(60), 100);

    private final PacketPace pace = new PacketPace();

    private boolean looks(long second, long packet, long bytes) {
        return pace.isTooSlow(BOUND, TimeUnit.SECONDS.toNanos(second), true, packet, bytes);
    }

    @Test
    void packetOfWhichNothingMoreComesIsTooSlowAfterTheStretch() {
        assertThat(looks(0, 1, 10)).isFalse();
        assertThat(looks(59, 1, 10)).isFalse();
        assertThat(looks(60, 1, 10)).isTrue();
    }

    @Test
    void slowLinkMayTakeItsTimeForALongPacket() {
        for (int second = 0; second <= 600; second++) {
            assertThat(looks(second, 1, 1 + second * 100L))
                    .as("second %d", second)
                    .isFalse();
        }
    }

    @Test
    void whoBeginsFastAndGoesOnByteByByteIsTooSlow() {
        assertThat(looks(0, 1, 500_000)).isFalse();
        assertThat(looks(30, 1, 1_000_000)).isFalse();
        assertThat(looks(60, 1, 1_000_010)).isFalse(); // 500,010 bytes in this stretch
        assertThat(looks(119, 1, 1_000_070)).isFalse();
        assertThat(looks(120, 1, 1_000_080)).isTrue();
    }

    @Test
    void nextPacketHasTimeOfItsOwn() {
        assertThat(looks(0, 1, 10)).isFalse();
        assertThat(looks(50, 2, 10)).isFalse();
        assertThat(looks(100, 2, 10)).isFalse();
        assertThat(looks(110, 2, 10)).isTrue();
    }

    @Test
    void timeInWhichTheNodeDoesNotReadDoesNotCount() {
        assertThat(looks(0, 1, 10)).isFalse();
        for (int second = 1; second <= 300; second++) {
            assertThat(pace.isTooSlow(BOUND, TimeUnit.SECONDS.toNanos(second), false, 1, 10))
                    .isFalse();
        }
        assertThat(looks(359, 1, 10)).isFalse();
        assertThat(looks(360, 1, 10)).isTrue();
    }

    @Test
    void withoutARateAPacketHasTheStretchAndNoMore() {
        PacketPace.Bound strict = new PacketPace.Bound(Duration.ofSeconds(60), 0);
        assertThat(pace.isTooSlow(strict, 0, true, 1, 10)).isFalse();
        assertThat(pace.isTooSlow(strict, TimeUnit.SECONDS.toNanos(60), true, 1, 1_000_000))
                .isTrue();
    }
}
