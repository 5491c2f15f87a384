package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.session.FlowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CongestionTest {
    private static final int MESSAGES = 100;
    private static final long BYTES = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(250);
    /** Looks after which patience has run out. */
    private static final int LOOKS = (int) (PATIENCE.toNanos() / LOOK) + 1;

    private final HeldPublishers held = new HeldPublishers();
    private final Congestion congestion = new Congestion(new FlowSettings(1, 1, MESSAGES, BYTES, true, PATIENCE), held);
    private final List<String> resumed = new ArrayList<>();
    private long since;

    @Test
    void publishersWaitFromHalfOfTheQueueUntilItIsDownToAQuarter() {
        congestion.queued(MESSAGES / 2, 0);
        assertBlocks(false, false);
        assertThat(held.any()).isFalse();

        congestion.queued(MESSAGES / 2 + 1, 0);
        assertBlocks(true, true);
        assertThat(held.any()).isTrue();
        congestion.queued(MESSAGES / 4 + 1, 0);
        assertBlocks(true, true);

        congestion.queued(MESSAGES / 4, 0);
        assertBlocks(false, false);
        assertThat(held.any()).isFalse();
    }

    @Test
    void bytesCountAsMessagesDo() {
        congestion.queued(1, BYTES / 2 + 1);
        assertBlocks(true, true);
        congestion.queued(1, BYTES / 4 + 1);
        assertBlocks(true, true);
        congestion.queued(1, BYTES / 4);
        assertBlocks(false, false);
    }

    @Test
    void clientThatTakesNothingIsWaitedForAsLongAsPatienceLasts() {
        congestion.queued(MESSAGES, 0);
        look(LOOKS - 1, false);
        assertBlocks(true, true);
        assertThat(congestion.isWaitedFor()).isTrue();

        look(1, false);
        assertBlocks(false, false);
        assertThat(congestion.isWaitedFor()).isFalse();
        assertThat(held.any()).isFalse();
    }

    @Test
    void stalledClientIsWaitedForAgainByThoseWhoPublishToItAloneOnceItTakesSomething() {
        congestion.queued(MESSAGES, 0);
        look(LOOKS, false);
        look(1, true);

        assertBlocks(true, false);
    }

    @Test
    void clientThatIsSlowHoldsBackForLongOnlyThoseWhoPublishToItAlone() {
        congestion.queued(MESSAGES, 0);
        look(LOOKS - 1, true);
        assertBlocks(true, true);

        look(1, true);
        assertBlocks(true, false);
        look(100 * LOOKS, true);
        assertBlocks(true, false);

        congestion.queued(0, 0);
        congestion.queued(MESSAGES, 0);
        assertBlocks(true, true); // it had caught up
    }

    @Test
    void clientThatHasTakenNothingForLongHoldsNobodyBackWhenItsQueueFillsUp() {
        look(LOOKS, false);
        congestion.queued(MESSAGES, 0);

        assertBlocks(false, false);
    }

    @Test
    void whoWaitsGoesOnInOrder() {
        congestion.queued(MESSAGES, 0);
        for (String name : List.of("a", "b", "c")) {
            congestion.await(true, ++since, () -> resumed.add(name));
        }
        assertThat(resumed).isEmpty();

        congestion.queued(0, 0);
        assertThat(resumed).containsExactly("a", "b", "c");

        congestion.await(true, ++since, () -> resumed.add("late"));
        assertThat(resumed).endsWith("late");
    }

    /** Else one who publishes all the time would be first each time, and fill what there is room for. */
    @Test
    void whoHasWaitedLongestGoesOnFirst() {
        congestion.queued(MESSAGES, 0);
        congestion.await(true, 2, () -> resumed.add("again"));
        congestion.await(true, 1, () -> resumed.add("since long"));

        congestion.queued(0, 0);
        assertThat(resumed).containsExactly("since long", "again");
    }

    @Test
    void whoWaitsGoesOnWhenTheClientIsGone() {
        congestion.queued(MESSAGES, 0);
        congestion.await(true, ++since, () -> resumed.add("a"));
        congestion.end();

        assertThat(resumed).containsExactly("a");
        assertThat(held.any()).isFalse();
    }

    /** A publisher that is gone meanwhile is not kept for as long as its receiver is slow. */
    @Test
    void whoWaitsLooksAgainNowAndThen() {
        congestion.queued(MESSAGES, 0);
        congestion.await(true, ++since, () -> resumed.add("a"));
        look(1, true);

        assertThat(resumed).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nobodyIsHeldBackWithoutEndAndEveryEndIsTold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int waiting = 0;
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(4)) {
                case 0 -> congestion.queued(random.nextInt(2 * MESSAGES), random.nextLong(2 * BYTES));
                case 1 -> congestion.check(LOOK, random.nextBoolean());
                case 2 -> look(random.nextInt(2 * LOOKS), false);
                default -> {
                    if (congestion.blocks(true)) {
                        waiting++;
                        congestion.await(true, ++since, () -> resumed.add(""));
                    }
                }
            }
            assertThat(held.any()).as("seed %d", seed).isEqualTo(congestion.blocks(true));
            if (!congestion.blocks(true)) {
                assertThat(resumed).as("seed %d", seed).hasSize(waiting);
            }
        }
        congestion.queued(MESSAGES, BYTES);
        look(LOOKS, false);
        assertThat(congestion.blocks(true)).isFalse();
    }

    @Test
    void loopThatLagsBehindHoldsBackUntilItHasDelivered() {
        UnderWay underWay = new UnderWay(held);
        long half = FlowSettings.UNDER_WAY_BYTES / 2;
        underWay.handed(2 * half, 2 * half);
        assertThat(underWay.blocks(false)).isFalse();
        underWay.handed(half, half);
        assertThat(underWay.blocks(false)).isTrue();
        assertThat(underWay.isFull()).isFalse();
        underWay.handed(2 * half, 0);
        assertThat(underWay.isFull()).isTrue();

        underWay.delivered(2 * half);
        underWay.written(half);
        assertThat(underWay.blocks(false)).isTrue();
        underWay.delivered(half);
        underWay.written(half);
        assertThat(underWay.blocks(false)).isFalse();
        assertThat(held.any()).isFalse();
    }

    private void look(int times, boolean took) {
        for (int i = 0; i < times; i++) {
            congestion.check(LOOK, took);
        }
    }

    private void assertBlocks(boolean alone, boolean all) {
        assertThat(congestion.blocks(true)).as("those who publish to it alone").isEqualTo(alone);
        assertThat(congestion.blocks(false))
                .as("those who publish to others too")
                .isEqualTo(all);
    }
}
