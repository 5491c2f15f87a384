package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who of several nodes may begin the cluster: what holds for every implementation. */
public interface NodePresenceContract {
    /** How long a node counts as there: longer than any test. */
    Duration TIME = Duration.ofHours(1);

    /** Open stores of the node {@code one}, the same during one test. */
    Stores stores();

    /** Stores of another node over the same data; the test closes them. */
    Stores beside(String nodeName);

    @Test
    default void aNodeThatIsAloneMayBeginAsOftenAsItAsks() {
        NodePresence alone = stores().presence();

        assertThat(get(alone.claim(TIME))).isTrue();
        assertThat(get(alone.claim(TIME))).as("once more").isTrue();
        assertThat(get(alone.othersSeenWithin(TIME))).isEmpty();
    }

    @Test
    default void theClaimOfOneNodeIsSeenByTheOthersWhoMayNotBegin() {
        try (Stores two = beside("two")) {
            assertThat(get(stores().presence().claim(TIME))).isTrue();

            assertThat(get(two.presence().claim(TIME))).isFalse();
            assertThat(get(two.presence().othersSeenWithin(TIME))).containsExactly("one");
            assertThat(get(stores().presence().othersSeenWithin(TIME)))
                    .as("a claim that was refused leaves nothing")
                    .isEmpty();
        }
    }

    @Test
    default void aNodeThatLeftIsInNobodysWay() {
        try (Stores two = beside("two")) {
            get(two.presence().seen());
            assertThat(get(stores().presence().claim(TIME))).isFalse();

            get(two.presence().left());
            assertThat(get(stores().presence().claim(TIME))).isTrue();
        }
    }
}
