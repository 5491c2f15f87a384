package dev.skein.node.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.Quota.Holding;
import dev.skein.persistence.api.Overview.Usage;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuotaTest {
    private static final long ME = 1;
    private static final long OTHER = 2;

    @Test
    void whatThisNodeAddsCountsAtOnce() {
        Quota quota = new Quota(new Usage(3, 100), 1);
        quota.live(1, 10);
        quota.written(1, 10);
        assertThat(quota.hasRoom(1, 80)).isTrue();
        assertThat(quota.hasRoom(1, 81)).isFalse();
        assertThat(quota.hasRoom(2, 1)).isFalse();
        quota.live(-1, -10);
        assertThat(quota.hasRoom(2, 90)).isTrue();
    }

    @Test
    void whatOthersHaveCountsFromTheNextLookOn() {
        Quota quota = new Quota(new Usage(10, 0), 1);
        quota.written(4, 4000);
        Holding here = quota.here();
        quota.written(1, 1); // while others were asked
        quota.look(new Usage(8, 1 << 20), here);
        assertThat(quota.hasRoom(1, 1 << 30)).isTrue();
        assertThat(quota.hasRoom(2, 1)).isFalse();
        quota.look(new Usage(20, 0), quota.here()); // a smaller limit than what there was before
        assertThat(quota.hasRoom(1, 0)).isFalse();
        assertThat(quota.hasRoom(0, 5)).as("nothing more of what is limited").isTrue();
        assertThat(quota.hasRoom(-1, -5)).isTrue();
    }

    @Test
    void untilItIsCountedOnlyAPartMayBeUsed() {
        Quota quota = new Quota(new Usage(0, 1600), 16);
        assertThat(quota.hasRoom(1_000_000, 100)).isTrue();
        assertThat(quota.hasRoom(1, 101)).isFalse();
        quota.look(new Usage(5, 1400), quota.here());
        assertThat(quota.hasRoom(1, 200)).isTrue();
        assertThat(quota.hasRoom(1, 201)).isFalse();
    }

    @Test
    void theSumIsTheStoreAndWhatWasWrittenSinceAndWhatMembersHold() {
        QuotaSum sum = new QuotaSum();
        sum.heard(Map.of(ME, new Holding(1, 10, 5, 50), OTHER, new Holding(2, 20, 7, 70)), Set.of(ME, OTHER));
        sum.countBegins();
        sum.heard(Map.of(ME, new Holding(1, 10, 6, 60)), Set.of(ME, OTHER)); // the other does not answer
        sum.counted(new Usage(100, 1000)); // with or without the one written meanwhile
        assertThat(sum.total()).isEqualTo(new Usage(100 + 1 + 3, 1000 + 10 + 30));

        sum.heard(Map.of(OTHER, new Holding(0, 0, 4, 40)), Set.of(ME, OTHER)); // it removed some
        assertThat(sum.total()).isEqualTo(new Usage(100 + 1 - 3 + 1, 1000 + 10 - 30 + 10));
    }

    @Test
    void whatANodeHasWrittenOutlivesIt() {
        QuotaSum sum = new QuotaSum();
        sum.heard(Map.of(ME, Holding.NONE, OTHER, new Holding(9, 90, 0, 0)), Set.of(ME, OTHER));
        sum.countBegins();
        sum.counted(new Usage(10, 100));
        sum.heard(Map.of(OTHER, new Holding(9, 90, 3, 30)), Set.of(ME, OTHER));
        sum.heard(Map.of(ME, Holding.NONE), Set.of(ME));
        assertThat(sum.total()).isEqualTo(new Usage(13, 130));
        sum.countBegins();
        sum.counted(new Usage(13, 130));
        assertThat(sum.total()).isEqualTo(new Usage(13, 130));
        sum.heard(Map.of(3L, new Holding(1, 1, 2, 2)), Set.of(ME, 3L)); // one that has joined
        assertThat(sum.total()).isEqualTo(new Usage(16, 133));
    }
}
