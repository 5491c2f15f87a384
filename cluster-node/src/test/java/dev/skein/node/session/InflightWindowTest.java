package dev.skein.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.route.Seeds;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InflightWindowTest {
    private static final int LAST_ID = 65_535;
    private static final MessageId STORED = new MessageId(7, 1);

    @Test // [MQTT-2.3.1-1]
    void packetIdentifiersGoRoundFromOneToTheLastAndNeverAreZero() {
        InflightWindow window = new InflightWindow(10);
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < LAST_ID + 2; i++) {
            int packetId = window.take(InflightWindow.AWAIT_ACK, null);
            given.add(packetId);
            window.free(packetId);
        }

        assertThat(given.getFirst()).isEqualTo(1);
        assertThat(given.get(LAST_ID - 1)).isEqualTo(LAST_ID);
        assertThat(given.get(LAST_ID)).isEqualTo(1);
        assertThat(given).doesNotContain(0);
    }

    @Test // [MQTT-2.3.1-2]
    void identifierInUseIsPassedOverWhenTheCountComesRound() {
        InflightWindow window = new InflightWindow(10);
        int kept = window.take(InflightWindow.AWAIT_REC, STORED);
        for (int i = 0; i < 3 * LAST_ID; i++) {
            int packetId = window.take(InflightWindow.AWAIT_ACK, null);
            assertThat(packetId).isNotEqualTo(kept);
            window.free(packetId);
        }

        assertThat(window.state(kept)).isEqualTo(InflightWindow.AWAIT_REC);
        assertThat(window.id(kept)).isEqualTo(STORED);
    }

    @Test // [MQTT-2.3.1-4]
    void reservedIdentifierIsGivenToNobodyUntilItIsRestored() {
        InflightWindow window = new InflightWindow(10);
        window.reserve(3);
        for (int i = 0; i < LAST_ID; i++) {
            int packetId = window.take(InflightWindow.AWAIT_ACK, null);
            assertThat(packetId).isNotEqualTo(3);
            window.free(packetId);
        }
        assertThat(window.used()).isZero();

        window.restore(3, InflightWindow.AWAIT_REC, STORED);
        assertThat(window.isReserved(3)).isFalse();
        window.free(3);
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < LAST_ID; i++) {
            given.add(window.take(InflightWindow.AWAIT_ACK, null));
            window.free(given.getLast());
        }

        assertThat(given).contains(3);
    }

    @Test
    void everyIdentifierCanBeInUseAtOnce() {
        InflightWindow window = new InflightWindow(LAST_ID);
        Set<Integer> given = new HashSet<>();
        while (window.hasRoom()) {
            given.add(window.take(InflightWindow.AWAIT_ACK, null));
        }

        assertThat(given).hasSize(LAST_ID);
        assertThatThrownBy(() -> window.take(InflightWindow.AWAIT_ACK, null)).isInstanceOf(IllegalStateException.class);
        window.free(12_345);
        assertThat(window.take(InflightWindow.AWAIT_ACK, null)).isEqualTo(12_345);
    }

    @Test
    void restoredIdentifiersAreInUseAndNewOnesComeAfterThem() {
        InflightWindow window = new InflightWindow(4);
        for (int packetId : new int[] {1, 2, 4_097, 65_534}) {
            window.restore(packetId, InflightWindow.AWAIT_ACK, new MessageId(packetId, 1));
        }

        assertThat(window.used()).isEqualTo(4);
        assertThat(window.hasRoom()).isFalse();
        assertThat(window.id(4_097)).isEqualTo(new MessageId(4_097, 1));
        window.free(4_097);
        assertThat(window.take(InflightWindow.AWAIT_ACK, null)).isEqualTo(65_535);
        window.free(2);
        assertThat(window.take(InflightWindow.AWAIT_ACK, null)).isEqualTo(2);
    }

    @Test
    void tellsEveryIdentifierInUseWithItsStateAndMessage() {
        InflightWindow window = new InflightWindow(10);
        int stored = window.take(InflightWindow.AWAIT_ACK, STORED);
        int live = window.take(InflightWindow.AWAIT_REC, null);
        window.free(window.take(InflightWindow.AWAIT_ACK, STORED));

        List<String> found = new ArrayList<>();
        window.forEach((packetId, state, id) -> found.add(packetId + " " + state + " " + id));

        assertThat(found)
                .containsExactlyInAnyOrder(
                        stored + " " + InflightWindow.AWAIT_ACK + " " + STORED,
                        live + " " + InflightWindow.AWAIT_REC + " null");
    }

    @Test
    void behavesAsAMapOfIdentifiersWhateverIsTakenRestoredAndFreed() throws Exception {
        Seeds.run(300, random -> {
            int max = 1 + random.nextInt(300);
            InflightWindow window = new InflightWindow(max);
            Map<Integer, MessageId> model = new HashMap<>();
            ArrayDeque<Integer> order = new ArrayDeque<>();
            for (int i = random.nextInt(max + 1); i > 0; i--) {
                int packetId = 1 + random.nextInt(LAST_ID);
                MessageId id = new MessageId(i, 3);
                window.restore(packetId, InflightWindow.AWAIT_REC, id);
                if (model.put(packetId, id) == null) {
                    order.add(packetId);
                }
            }
            for (int step = 0; step < 1000; step++) {
                if (window.hasRoom() && random.nextInt(5) > 1) {
                    MessageId id = new MessageId(step, 4);
                    int packetId = window.take(InflightWindow.AWAIT_ACK, id);
                    assertThat(model.put(packetId, id))
                            .as("packet %d", packetId)
                            .isNull();
                    order.add(packetId);
                } else if (!order.isEmpty()) {
                    int packetId = random.nextInt(10) == 0 ? order.removeLast() : order.removeFirst();
                    assertThat(window.id(packetId)).isEqualTo(model.remove(packetId));
                    window.free(packetId);
                    assertThat(window.state(packetId)).isEqualTo(InflightWindow.FREE);
                }
                assertThat(window.used()).isEqualTo(model.size());
            }
            model.forEach((packetId, id) -> assertThat(window.id(packetId)).isEqualTo(id));
        });
    }
}
