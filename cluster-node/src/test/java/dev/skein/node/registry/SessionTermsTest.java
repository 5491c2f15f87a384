package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.protocol.message.SessionTerm;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What an instance grants of the expiry that a client wants. */
class SessionTermsTest {
    private static InstanceView instance(String config) {
        return Objects.requireNonNull(InstanceSeeds.from(ConfigFactory.parseString("instances.i { " + config + " }")
                        .withFallback(
                                ConfigFactory.parseResources("reference.conf").getConfig("skein")))
                .get("i"));
    }

    private static long granted(InstanceView view, long seconds) {
        return SessionTerms.granted(view, new SessionTerm(false, seconds)).expirySeconds();
    }

    @Test
    void anOpenInstanceGrantsWhatIsWanted() {
        InstanceView open = instance("mode = open");
        assertThat(granted(open, 1)).isEqualTo(1);
        assertThat(granted(open, SessionTerm.NEVER)).isEqualTo(SessionTerm.NEVER);
    }

    @Test
    void whatIsBeyondTheBoundsOfAnInstanceIsTakenAsThem() {
        InstanceView bounded = instance("mode = open, sessions { expiry-min = 1m, expiry-max = 1h }");
        assertThat(granted(bounded, 0)).isZero();
        assertThat(granted(bounded, 1)).isEqualTo(60);
        assertThat(granted(bounded, 3600)).isEqualTo(3600);
        assertThat(granted(bounded, 3601)).isEqualTo(3600);
        assertThat(granted(bounded, SessionTerm.NEVER)).isEqualTo(3600);
        assertThat(granted(bounded, SessionTerm.BY_SETTINGS)).isEqualTo(SessionTerm.BY_SETTINGS);
    }

    @Test
    void inApsaraModeASessionLivesTenMinutesAtTheLeast() {
        InstanceView apsara = instance("mode = apsara");
        assertThat(granted(apsara, 1)).isEqualTo(600);
        assertThat(granted(apsara, SessionTerm.NEVER)).isEqualTo(2_147_483_647);
    }

    /** [MQTT-3.1.3-9] */
    @Test
    void aWillWaitsNoLongerThanItsSessionLives() {
        InstanceView open = instance("mode = open, sessions.expiry = 1h");
        assertThat(SessionTerms.willDelay(open, 0, 60)).isZero();
        assertThat(SessionTerms.willDelay(open, 30, 60)).isEqualTo(30);
        assertThat(SessionTerms.willDelay(open, 90, 60)).isEqualTo(60);
        assertThat(SessionTerms.willDelay(open, SessionTerm.NEVER, 60)).isEqualTo(60);
        assertThat(SessionTerms.willDelay(open, SessionTerm.BY_SETTINGS, 7200)).isEqualTo(3600);
    }
}
