package dev.skein.node.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten a second; times are in milliseconds, which is the same to a bucket. */
class BucketTest {
    private static final long COST = 100;
    private static final long BURST = 1000;

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, Long.MAX_VALUE - 10_000, Long.MIN_VALUE + 10_000})
    void burstIsDueAtOnceAndTheRestAtTheRate(long now) {
        Bucket bucket = new Bucket(now, BURST);
        for (int i = 0; i <= 10; i++) {
            assertThat(bucket.take(COST, BURST, now)).isZero();
        }
        assertThat(bucket.take(COST, BURST, now)).isEqualTo(100);
        assertThat(bucket.take(COST, BURST, now)).isEqualTo(200);
        assertThat(bucket.take(COST, BURST, now + 50)).isEqualTo(250);
    }

    @Test
    void nothingMoreThanTheBurstIsSaved() {
        Bucket bucket = new Bucket(0, BURST);
        long later = 1_000_000;
        for (int i = 0; i <= 10; i++) {
            assertThat(bucket.tryTake(COST, BURST, later)).isTrue();
        }
        assertThat(bucket.tryTake(COST, BURST, later)).isFalse();
    }

    @Test
    void whatIsRefusedDoesNotCount() {
        Bucket bucket = new Bucket(0, 0);
        assertThat(bucket.tryTake(COST, 0, 0)).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(bucket.tryTake(COST, 0, 99)).isFalse();
        }
        assertThat(bucket.tryTake(COST, 0, 100)).isTrue();
    }

    @Test
    void nobodyWaitsLongerThanTheLongest() {
        Bucket bucket = new Bucket(0, 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(bucket.take(COST, 0, 500, 0)).isLessThanOrEqualTo(500);
        }
        assertThat(bucket.ahead(0)).isEqualTo(500);
        assertThat(bucket.take(COST, 0, 500, 500)).isZero();
    }
}
