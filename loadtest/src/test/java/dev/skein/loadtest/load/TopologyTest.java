package dev.skein.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {
    @Test
    void eachPairHasItsTopic() {
        Topology pairs = Topology.pairs(3);

        assertThat(pairs.receivers(2)).isOne();
        assertThat(pairs.connects(1, 1)).isTrue();
        assertThat(pairs.connects(1, 2)).isFalse();
        assertThat(pairs.topic("t", 2)).isEqualTo("t/2/2");
        assertThat(pairs.filters("t", 2)).containsExactly("t/2/2");
    }

    @Test
    void everySubscriberOfAFanOutHearsEveryPublisher() {
        assertThat(Topology.fanOut(2, 5).receivers(1)).isEqualTo(5);
        assertThat(Topology.fanOut(2, 5).filters("t", 4)).containsExactly("t/0/0", "t/0/1");
        assertThat(Topology.fanOut(20, 5).filters("t", 4)).isEqualTo(List.of("t/0/+"));
    }

    @Test
    void publishersOfAFanInAreDealtOut() {
        Topology fanIn = Topology.fanIn(5, 2);

        assertThat(fanIn.sources(0)).isEqualTo(3);
        assertThat(fanIn.sources(1)).isEqualTo(2);
        assertThat(fanIn.filters("t", 1)).containsExactly("t/1/1", "t/1/3");
        assertThat(fanIn.connects(-1, 0)).isFalse();
        assertThat(fanIn.connects(6, 0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"50,50,50", "1,1000,1", "3,7,1", "100,1,1", "11,4,4", "20,6,3"})
    void sourcesAndReceiversAgree(int publishers, int subscribers, int groups) {
        Topology topology = new Topology(publishers, subscribers, groups);
        for (int s = 0; s < subscribers; s++) {
            int count = 0;
            for (int p = 0; p < publishers; p++) {
                if (topology.connects(p, s)) {
                    assertThat(topology.publisherAt(s, topology.sourceIndex(p))).isEqualTo(p);
                    count++;
                }
            }
            assertThat(topology.sources(s)).isEqualTo(count);
        }
        for (int p = 0; p < publishers; p++) {
            int publisher = p;
            long count = IntStream.range(0, subscribers)
                    .filter(s -> topology.connects(publisher, s))
                    .count();
            assertThat(topology.receivers(p)).isEqualTo((int) count);
        }
    }

    @Test
    void nobodyIsLeftAlone() {
        assertThatThrownBy(() -> new Topology(2, 3, 3)).hasMessage("groups: 3 (expected: 1..2)");
    }
}
