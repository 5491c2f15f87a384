package dev.skein.node.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryGovernorTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Memory heap = new Memory("heap");
    private final Memory direct = new Memory("direct");
    private final List<String> told = new ArrayList<>();
    private long lastCollected;
    private long now;
    private int collections;
    private int freedByCollection;
    private final MemoryGovernor governor = new MemoryGovernor(
            new MemorySettings(85, 75),
            List.of(heap, direct),
            () -> lastCollected,
            this::collect,
            above -> told.add(Objects.requireNonNullElse(above, "over")));

    private static final class Memory implements MemoryUse {
        private final String what;
        private long percent;

        private Memory(String what) {
            this.what = what;
        }

        @Override
        public String what() {
            return what;
        }

        @Override
        public long used() {
            return percent << 20;
        }

        @Override
        public long max() {
            return 100 << 20;
        }
    }

    private void collect() {
        collections++;
        heap.percent -= freedByCollection;
    }

    private void look(long heapPercent, long directPercent) {
        heap.percent = heapPercent;
        direct.percent = directPercent;
        governor.look(now);
        now += SECOND;
        governor.look(now);
    }

    /** What G1 counts when it has just marked is partly garbage. */
    @Test
    void aHeapThatIsHighForAMomentRaisesNothing() {
        heap.percent = 94;
        governor.look(0);
        governor.look(MemoryGovernor.SUSTAINED_NANOS / 2);
        heap.percent = 80;
        governor.look(MemoryGovernor.SUSTAINED_NANOS);
        heap.percent = 94;
        governor.look(3 * MemoryGovernor.SUSTAINED_NANOS / 2);
        governor.look(2 * MemoryGovernor.SUSTAINED_NANOS);
        assertThat(told).isEmpty();
        governor.look(5 * MemoryGovernor.SUSTAINED_NANOS / 2);
        assertThat(told).hasSize(1);
    }

    @Test
    void aHeapThatIsNearlyFullIsEnough() {
        heap.percent = 95;
        governor.look(0);
        assertThat(told).hasSize(1);
    }

    @Test
    void alarmIsRaisedAboveTheHighMarkAndOverBelowTheLowOne() {
        look(85, 0);
        assertThat(told).isEmpty();
        look(86, 0);
        assertThat(told).containsExactly("heap 86 % of 100 MiB, direct 0 % of 100 MiB");
        look(75, 0);
        assertThat(told).hasSize(1);
        look(74, 0);
        assertThat(told).last().isEqualTo("over");
        assertThat(governor.raised()).isEqualTo(1);
    }

    @Test
    void betweenTheMarksNothingChanges() {
        look(90, 0);
        for (int i = 0; i < 100; i++) {
            look(75 + i % 15, 0);
        }
        assertThat(told).hasSize(1);
        look(10, 0);
        for (int i = 0; i < 100; i++) {
            look(70 + i % 16, 0);
        }
        assertThat(told).hasSize(2);
    }

    @Test
    void oneAlarmIsForAllKindsOfMemory() {
        look(90, 0);
        look(90, 90);
        assertThat(governor.isAbove(heap)).isTrue();
        assertThat(governor.isAbove(direct)).isTrue();
        look(10, 90);
        assertThat(governor.isAbove(heap)).isFalse();
        assertThat(told).hasSize(1);
        look(10, 10);
        assertThat(told).hasSize(2);
    }

    @Test
    void memoryOfUnknownSizeRaisesNothing() {
        MemoryUse unknown = new MemoryUse() {
            @Override
            public String what() {
                return "heap";
            }

            @Override
            public long used() {
                return Long.MAX_VALUE;
            }

            @Override
            public long max() {
                return 0;
            }
        };
        new MemoryGovernor(new MemorySettings(85, 75), List.of(unknown), () -> 0, this::collect, told::add).look(0);
        assertThat(told).isEmpty();
    }

    /** While publishers wait hardly anything is allocated, and no collection shows what has become free. */
    @Test
    void collectionIsAskedForWhenNoneComesDuringAnAlarm() {
        heap.percent = 96;
        governor.look(0);
        assertThat(told).hasSize(1);
        freedByCollection = 30;
        governor.look(SECOND);
        assertThat(collections).isZero();
        governor.look(2 * SECOND);
        assertThat(collections).isEqualTo(1);
        assertThat(told).last().isEqualTo("over");
        governor.look(20 * SECOND);
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void collectionThatComesByItselfIsEnough() {
        heap.percent = 96;
        for (int second = 0; second < 60; second++) {
            lastCollected = second;
            governor.look(second * SECOND);
        }
        assertThat(collections).isZero();
    }

    @Test
    void collectionsAreAskedForOnceInAWhileOnly() {
        heap.percent = 96;
        for (int tenth = 0; tenth < 600; tenth++) {
            governor.look(tenth * SECOND / 10);
        }
        assertThat(collections).isEqualTo(29);
    }

    @Test
    void directMemoryNeedsNoCollection() {
        direct.percent = 90;
        for (int second = 0; second < 60; second++) {
            governor.look(second * SECOND);
        }
        assertThat(collections).isZero();
    }

    /** Whichever collector this JVM has. */
    @Test
    void heapIsCountedAsACollectionLeavesIt() {
        HeapUse use = new HeapUse();
        System.gc();
        long before = use.used();
        byte[][] kept = new byte[64][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new byte[512 * 1024];
        }
        System.gc();
        assertThat(use.used()).isBetween(before + kept.length * 400L * 1024, use.max());
        for (int i = 0; i < kept.length; i++) {
            assertThat(kept[i]).isNotNull();
            kept[i] = new byte[0];
        }
        System.gc();
        assertThat(use.used()).isLessThan(before + kept.length * 400L * 1024);
    }

    @ParameterizedTest
    @ValueSource(strings = {"high = 9", "high = 101", "low = 0", "low = 85", "low = 99"})
    void wrongMarksAreNamed(String wrong) {
        assertThatThrownBy(() -> MemorySettings.from(ConfigFactory.parseString(wrong)
                        .withFallback(ConfigFactory.parseString("high = 85, low = 75"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("skein.memory." + wrong.substring(0, wrong.indexOf(' ')) + ": ");
    }
}
