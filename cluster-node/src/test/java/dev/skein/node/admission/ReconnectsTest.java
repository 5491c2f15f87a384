package dev.skein.node.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconnectsTest {
    private static final ReconnectSettings SETTINGS =
            new ReconnectSettings(10, 50, Duration.ofSeconds(10), Duration.ofSeconds(5));
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong now = new AtomicLong();
    private final Reconnects reconnects = new Reconnects(SETTINGS, 2, now::get);

    private long connect(String client, String address) {
        return reconnects.connects(client, address).nanos();
    }

    @Test
    void clientThatConnectsAllTheTimeWaitsLongerEachTime() {
        for (int i = 0; i < 10; i++) {
            assertThat(connect("c", "a")).isZero();
        }
        for (int second = 1; second <= 5; second++) {
            assertThat(connect("c", "a")).isEqualTo(second * SECOND);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(connect("c", "a")).isEqualTo(5 * SECOND);
        }
        assertThat(reconnects.clientsSlowed()).isEqualTo(105);
        assertThat(reconnects.addressesSlowed()).isZero();
    }

    @Test
    void clientThatIsQuietForAWhileIsNotSlowedAnyMore() {
        for (int i = 0; i < 100; i++) {
            connect("c", "a");
        }
        now.addAndGet(6 * SECOND);
        assertThat(connect("c", "a")).isZero();
        now.addAndGet(30 * SECOND);
        for (int i = 0; i < 10; i++) {
            assertThat(connect("c", "a")).isZero();
        }
    }

    @Test
    void oneThatConnectsOnceASecondIsNotSlowed() {
        for (int i = 0; i < 1000; i++) {
            assertThat(connect("c", "a")).isZero();
            now.addAndGet(SECOND);
        }
    }

    @Test
    void stormOfManyClientsFromOneAddressIsNotSlowed() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(connect("c" + i, "a")).isZero();
        }
    }

    @Test
    void connectionsThatLastDoNotCountAgainstTheirAddress() {
        for (int i = 0; i < 1000; i++) {
            reconnects.ended("a", 10 * SECOND);
        }
        assertThat(connect("c", "a")).isZero();
    }

    @Test
    void addressOfShortConnectionsIsSlowedWithWhateverClientIds() {
        for (int i = 0; i < 50; i++) {
            assertThat(connect("c" + i, "a")).isZero();
            reconnects.ended("a", SECOND);
        }
        assertThat(connect("new", "a")).isEqualTo(SECOND / 5);
        reconnects.ended("a", SECOND);
        assertThat(connect("newer", "a")).isEqualTo(2 * SECOND / 5);
        assertThat(connect("newer", "b")).isZero();
        for (int i = 0; i < 1000; i++) {
            reconnects.ended("a", SECOND);
        }
        assertThat(connect("newest", "a")).isEqualTo(5 * SECOND);
        assertThat(reconnects.addressesSlowed()).isEqualTo(3);
        assertThat(reconnects.clientsSlowed()).isZero();
    }

    @Test
    void clientWithoutAnIdOfItsOwnHasItsAddressAlone() {
        for (int i = 0; i < 1000; i++) {
            assertThat(reconnects.connects(null, "a").nanos()).isZero();
        }
    }

    @Test
    void onlyTheFirstOfSeveralWaitsIsWorthALine() {
        for (int i = 0; i < 10; i++) {
            assertThat(reconnects.connects("c", "a").begins()).isNull();
        }
        assertThat(reconnects.connects("c", "a").begins()).contains("skein.admission.reconnects.client: 10");
        assertThat(reconnects.connects("c", "a").begins()).isNull();
        now.addAndGet(60 * SECOND);
        for (int i = 0; i < 10; i++) {
            assertThat(reconnects.connects("c", "a").begins()).isNull();
        }
        assertThat(reconnects.connects("c", "a").begins()).isNotNull();
    }

    @Test
    void onlySoManyWait() {
        assertThat(reconnects.mayWait()).isTrue();
        assertThat(reconnects.mayWait()).isTrue();
        assertThat(reconnects.mayWait()).isFalse();
        assertThat(reconnects.waiting()).isEqualTo(2);
        reconnects.waited();
        assertThat(reconnects.mayWait()).isTrue();
    }

    @Test
    void nobodyIsSlowedWithoutBounds() {
        Reconnects none =
                new Reconnects(new ReconnectSettings(0, 0, Duration.ofSeconds(10), Duration.ofSeconds(5)), 2, now::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(none.connects("c", "a").nanos()).isZero();
            none.ended("a", 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client = -1", "address = 10000001", "window = 999ms", "max-delay = 61s"})
    void wrongBoundsAreNamed(String wrong) {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("skein.admission");
        Config given = ConfigFactory.parseString("reconnects { " + wrong + " }").withFallback(reference);
        assertThatThrownBy(() -> AdmissionSettings.from(given, 2))
                .hasMessageStartingWith("skein.admission.reconnects." + wrong.substring(0, wrong.indexOf(' ')) + ": ");
    }
}
