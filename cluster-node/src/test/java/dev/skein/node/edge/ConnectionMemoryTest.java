package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionMemoryTest {
    private static final int GRANULE = ConnectionMemory.GRANULE;
    private static final int MAX = 10 * GRANULE;

    private final ConnectionMemory memory = new ConnectionMemory(MAX);
    private final Loop first = new Loop();
    private final Loop second = new Loop();

    /** What an event loop was given to do, and how much its share was asked to free. */
    private final class Loop {
        private final List<Runnable> tasks = new ArrayList<>();
        private final List<Long> asked = new ArrayList<>();
        private final ConnectionMemory.Share share = memory.share(tasks::add, asked::add);

        private void runTasks() {
            List<Runnable> now = List.copyOf(tasks);
            tasks.clear();
            now.forEach(Runnable::run);
        }
    }

    @Test
    void smallStepsAreCollectedAndNoneIsLost() {
        first.share.add(GRANULE - 1);
        assertThat(memory.used()).isZero();

        first.share.add(1);
        assertThat(memory.used()).isEqualTo(GRANULE);

        first.share.add(-GRANULE);
        assertThat(memory.used()).isZero();
    }

    @Test
    void nothingIsClosedUpToTheBound() {
        first.share.add(MAX);
        first.share.makeRoom();

        assertThat(first.asked).isEmpty();
        assertThat(memory.isFull()).isFalse();
    }

    @Test
    void theLoopThatGrowsMakesRoomWhenItsOwnRoundIsOver() {
        first.share.add(MAX + GRANULE);
        assertThat(first.asked).isEmpty();

        first.share.makeRoom();
        assertThat(first.asked).containsExactly((long) GRANULE + MAX / 10);

        first.share.makeRoom();
        assertThat(first.asked).as("asked once").hasSize(1);
    }

    @Test
    void theLoopThatHoldsTheMostIsAskedOnceByTheOthers() {
        first.share.add(MAX);
        second.share.add(GRANULE);
        second.share.add(GRANULE);
        second.share.makeRoom();
        assertThat(second.asked).isEmpty();
        assertThat(first.tasks).hasSize(1);

        first.runTasks();
        assertThat(first.asked).containsExactly(2L * GRANULE + MAX / 10);
    }

    @Test
    void theLargestMakesRoomNowAndThenThoughNothingGrows() {
        first.share.add(2L * MAX);
        first.share.makeRoom();
        second.share.check();
        first.share.check();

        assertThat(first.asked).hasSize(2);
        assertThat(second.asked).isEmpty();
    }

    @Test
    void whatWasFreedMeanwhileIsNotFreedAgain() {
        first.share.add(MAX + GRANULE);
        first.share.add(-2 * GRANULE);
        first.share.makeRoom();

        assertThat(first.asked).isEmpty();
    }

    @Test
    void connectionsAreRefusedOnlyFarAboveTheBound() {
        first.share.add(MAX + MAX / 4);
        assertThat(memory.isFull()).isFalse();

        first.share.add(GRANULE);
        assertThat(memory.isFull()).isTrue();
    }

    /** Wills on their way, and requests: closing connections would not free them. */
    @Test
    void whatNoLoopAnswersForKeepsFurtherConnectionsOutAndClosesNone() {
        memory.hold(MAX + MAX / 4 + 1);
        first.share.add(GRANULE);
        first.share.makeRoom();
        first.share.check();

        assertThat(memory.used()).isEqualTo(MAX + MAX / 4 + 1 + GRANULE);
        assertThat(memory.isFull()).isTrue();
        assertThat(first.asked).isEmpty();

        memory.free(MAX);
        assertThat(memory.isFull()).isFalse();
    }

    @Test
    void whatNeedNotBeHeldTakesAQuarter() {
        assertThat(memory.tryHold(MAX / 4)).isTrue();
        assertThat(memory.tryHold(1)).isFalse();
        assertThat(memory.closed()).isEqualTo(1);

        memory.free(MAX / 4);
        assertThat(memory.used()).isZero();
        assertThat(memory.tryHold(1)).isTrue();
    }
}
