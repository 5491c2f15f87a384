package dev.skein.node.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Meters.Kind;
import dev.skein.node.admission.Meters.Party;
import dev.skein.node.admission.Meters.Scope;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void nothingIsBoundedWithoutARate() {
        Meter meter = new Meter(0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(meter.publish(Rate.NONE, 1_000_000, 0)).isZero();
            assertThat(meter.topic(Rate.NONE, 0)).isZero();
            assertThat(meter.connect(Rate.NONE, 0)).isTrue();
        }
    }

    @Test
    void theStricterOfMessagesAndBytesHolds() {
        Rate rate = new Rate(0, 10, 1000, 0);
        Meter small = new Meter(0);
        for (int i = 0; i <= 10; i++) {
            assertThat(small.publish(rate, 1, 0)).isZero();
        }
        assertThat(small.publish(rate, 1, 0)).isEqualTo(SECOND / 10);
        Meter large = new Meter(0);
        assertThat(large.publish(rate, 5000, 0)).isZero();
        assertThat(large.publish(rate, 5000, 0)).isEqualTo(4 * SECOND);
    }

    /** Ten clients that share a rate, each with one message on its way: none is passed over. */
    @Test
    void thoseWhoShareARateAreServedInOrder() {
        Rate rate = new Rate(0, 10, 0, 0);
        Meter meter = new Meter(-SECOND);
        for (int i = 0; i <= 10; i++) {
            meter.publish(rate, 1, 0);
        }
        for (int client = 1; client <= 10; client++) {
            assertThat(meter.publish(rate, 1, 0)).isEqualTo(client * SECOND / 10);
        }
    }

    @Test
    void largestMessageAtTheLowestRateWaitsAnHourAtTheMost() {
        Rate rate = new Rate(0, 0, 1, 0);
        Meter meter = new Meter(0);
        meter.publish(rate, Integer.MAX_VALUE, 0);
        assertThat(meter.publish(rate, Integer.MAX_VALUE, 0)).isEqualTo(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void newTopicsOfTenSecondsMayComeAtOnce() {
        Rate rate = new Rate(0, 0, 0, 100);
        Meter meter = new Meter(0);
        for (int i = 0; i <= 1000; i++) {
            assertThat(meter.topic(rate, 0)).isZero();
        }
        assertThat(meter.topic(rate, 0)).isEqualTo(SECOND / 100);
    }

    @Test
    void partyIsKnownAgainUntilManyOthersCame() {
        Meters meters = new Meters();
        Party first = new Party("default", Scope.ADDRESS, "10.0.0.1");
        Meter meter = meters.of(first, 0);
        for (int i = 0; i < Meters.REMEMBERED - 1; i++) {
            meters.of(new Party("default", Scope.ADDRESS, i), 0);
        }
        assertThat(meters.of(first, 0)).isSameAs(meter);
        for (int i = 0; i < Meters.REMEMBERED; i++) {
            meters.of(new Party("other", Scope.ADDRESS, i), 0);
        }
        assertThat(meters.of(first, 0)).isNotSameAs(meter);
    }

    @Test
    void whatIsExceededIsCountedByInstanceScopeAndKind() {
        Meters meters = new Meters();
        meters.exceeded("default", Scope.CLIENT, Kind.MESSAGES);
        meters.exceeded("default", Scope.CLIENT, Kind.MESSAGES);
        assertThat(meters.count("default", Scope.CLIENT, Kind.MESSAGES)).isEqualTo(2);
        assertThat(meters.count("default", Scope.INSTANCE, Kind.MESSAGES)).isZero();
    }
}
