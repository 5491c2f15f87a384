package dev.skein.loadtest.load;

import static dev.skein.loadtest.load.SequenceCheck.Verdict.AFTER_GAP;
import static dev.skein.loadtest.load.SequenceCheck.Verdict.DUPLICATE;
import static dev.skein.loadtest.load.SequenceCheck.Verdict.IN_ORDER;
import static dev.skein.loadtest.load.SequenceCheck.Verdict.LATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.load.SequenceCheck.Verdict;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequenceCheckTest {
    private final SequenceCheck check = new SequenceCheck(2);

    private List<Verdict> accept(long... sequences) {
        List<Verdict> verdicts = new ArrayList<>();
        for (long sequence : sequences) {
            verdicts.add(check.accept(1, sequence));
        }
        return verdicts;
    }

    @Test
    void straightRunHasNothingToReport() {
        assertThat(accept(0, 1, 2)).containsExactly(IN_ORDER, IN_ORDER, IN_ORDER);
        assertThat(check.lost(1, 3)).isZero();
        assertThat(check.lost(1, 5)).isEqualTo(2);
        assertThat(check.lost(0, 4)).isEqualTo(4);
    }

    @Test
    void lateArrivalIsAnOrderBreakAndNoLoss() {
        assertThat(accept(0, 2, 1, 3)).containsExactly(IN_ORDER, AFTER_GAP, LATE, IN_ORDER);
        assertThat(check.orderBreaks()).isOne();
        assertThat(check.duplicates()).isZero();
        assertThat(check.lost(1, 4)).isZero();
    }

    @Test
    void secondArrivalIsADuplicateAlsoOfALateOne() {
        assertThat(accept(0, 0, 2, 1, 1, 2))
                .containsExactly(IN_ORDER, DUPLICATE, AFTER_GAP, LATE, DUPLICATE, DUPLICATE);
        assertThat(check.duplicates()).isEqualTo(3);
    }

    @Test
    void sourcesAreApart() {
        check.accept(0, 5);
        check.accept(1, 0);

        assertThat(check.lost(0, 6)).isEqualTo(5);
        assertThat(check.lost(1, 1)).isZero();
        assertThat(check.next(0)).isEqualTo(6);
    }

    @Test
    void agreesWithASetOnAnyArrivals() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SequenceCheck subject = new SequenceCheck(1);
            BitSet arrived = new BitSet();
            long duplicates = 0;
            long breaks = 0;
            for (int i = 0; i < 2_000; i++) {
                int sequence = Math.max(0, i + random.nextInt(-20, 20));
                if (arrived.get(sequence)) {
                    duplicates++;
                } else if (sequence < arrived.length()) {
                    breaks++;
                }
                arrived.set(sequence);
                subject.accept(0, sequence);
            }

            assertThat(subject.duplicates()).as("seed %d", seed).isEqualTo(duplicates);
            assertThat(subject.orderBreaks()).as("seed %d", seed).isEqualTo(breaks);
            assertThat(subject.lost(0, 2_100)).as("seed %d", seed).isEqualTo(2_100 - arrived.cardinality());
        }
    }
}
