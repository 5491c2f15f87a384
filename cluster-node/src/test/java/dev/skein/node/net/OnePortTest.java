package dev.skein.node.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class OnePortTest {
    /** Gives the ports from 1000 on; those in {@code taken} are not to be had at the second host. */
    private static final class Machine implements OnePort<String> {
        private final Set<Integer> taken = new HashSet<>();
        private final List<String> open = new ArrayList<>();
        private int next = 1000;

        @Override
        public CompletionStage<String> bind(String host, int port) {
            int got = port == 0 ? next++ : port;
            if (host.equals("b") && taken.contains(got)) {
                return CompletableFuture.failedStage(new BindException(host + ":" + got));
            }
            open.add(host + ":" + got);
            return CompletableFuture.completedStage(host + ":" + got);
        }

        @Override
        public int port(String bound) {
            return Integer.parseInt(bound.substring(bound.indexOf(':') + 1));
        }

        @Override
        public CompletionStage<?> close(String bound) {
            open.remove(bound);
            return CompletableFuture.completedStage(true);
        }
    }

    private final Machine machine = new Machine();

    @Test
    void allAddressesGetTheFreePortOfTheFirst() {
        assertThat(machine.bindAll(List.of("a", "b", "c"), 0))
                .isCompletedWithValue(List.of("a:1000", "b:1000", "c:1000"));
    }

    @Test
    void anotherFreePortIsTriedWhenItIsTakenAtTheSecond() {
        machine.taken.addAll(Set.of(1000, 1001));
        assertThat(machine.bindAll(List.of("a", "b"), 0)).isCompletedWithValue(List.of("a:1002", "b:1002"));
        assertThat(machine.open).containsExactly("a:1002", "b:1002");
    }

    @Test
    void aGivenPortThatIsTakenAnywhereFailsAndLeavesNothingOpen() {
        machine.taken.add(1883);
        assertThat(machine.bindAll(List.of("a", "b"), 1883)).isCompletedExceptionally();
        assertThat(machine.open).isEmpty();
    }

    @Test
    void itGivesUpAfterSomeTries() {
        for (int i = 0; i < 100; i++) {
            machine.taken.add(1000 + i);
        }
        assertThat(machine.bindAll(List.of("a", "b"), 0)).isCompletedExceptionally();
        assertThat(machine.next).isEqualTo(1000 + OnePort.TRIES);
        assertThat(machine.open).isEmpty();
    }
}
