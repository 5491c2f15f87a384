package dev.skein.loadtest.play;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.play.Arrivals.Excused;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals(new Sources(new int[] {7, 5}, false), 1);

    @Test
    void tellsLossDuplicatesAndOrderApart() {
        int source = arrivals.sources().find(7);

        assertThat(source).isEqualTo(1);
        assertThat(arrivals.accept(source, 0)).isEqualTo(Arrivals.IN_ORDER);
        assertThat(arrivals.accept(source, 3)).isEqualTo(Arrivals.AFTER_GAP);
        assertThat(arrivals.accept(source, 3)).isEqualTo(Arrivals.DUPLICATE);
        assertThat(arrivals.accept(source, 1)).isEqualTo(Arrivals.LATE);
        assertThat(arrivals.missing(source, 6, Excused.NOTHING)).isEqualTo(3);
        assertThat(arrivals.complete(source, 4)).isFalse();
        assertThat(arrivals.missing(0, 0, Excused.NOTHING)).isZero();
    }

    @Test
    void whatWasSentInAnAbsenceIsNotMissing() {
        arrivals.accept(0, 0);
        arrivals.accept(0, 5);

        assertThat(arrivals.missing(0, 8, Excused.NOTHING)).isEqualTo(6);
        assertThat(arrivals.missing(0, 8, Excused.NOTHING.and(2, 4))).isEqualTo(4);
        assertThat(arrivals.missing(0, 8, Excused.NOTHING.and(2, 4).and(3, Integer.MAX_VALUE)))
                .isEqualTo(1);
    }

    @Test
    void unknownStreamsAreNotFound() {
        assertThat(arrivals.sources().find(6)).isNegative();
        assertThat(arrivals.sources().find(0)).isNegative();
    }
}
