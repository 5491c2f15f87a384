package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A loop that is stalled, with a clock and answers of the test. */
class StandstillTest {
    private static final long SWEEP = 250;
    private static final long LONG = Standstill.LIMIT_MILLIS + 1;

    private long now = 1_700_000_000_000L;
    private boolean alone;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final List<Long> stood = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<String> wentOn = new ArrayList<>();
    private final Standstill standstill = new Standstill(clock, () -> alone, (millis, confirmed) -> {
        stood.add(millis);
        answers.add(confirmed);
    });

    StandstillTest() {
        standstill.begin();
    }

    private void pass(long millis) {
        now += millis;
    }

    /** Publishes, or is held. */
    private void publish(String name) {
        if (standstill.mustWait()) {
            standstill.await(() -> publish(name));
        } else {
            wentOn.add(name);
        }
    }

    @Test
    void aLoopThatIsSweptPublishesAndAsksNobody() {
        for (int i = 0; i < 100; i++) {
            pass(SWEEP);
            publish("m");
            standstill.sweep();
        }
        assertThat(wentOn).hasSize(100);
        assertThat(stood).isEmpty();
        assertThat(standstill.lastAsked()).isEqualTo(now);
    }

    @Test
    void whatIsReadBeforeTheSweepWaits() {
        pass(LONG);
        publish("m1");
        publish("m2");
        assertThat(stood).containsExactly(LONG);
        assertThat(wentOn).isEmpty();
        answers.getFirst().run();
        assertThat(wentOn).containsExactly("m1", "m2");
        publish("m3");
        assertThat(wentOn).hasSize(3);
    }

    @Test
    void theSweepHidesNothing() {
        pass(LONG);
        standstill.sweep();
        publish("m");
        pass(SWEEP);
        standstill.sweep();
        publish("m");
        assertThat(stood).hasSize(1);
        assertThat(wentOn).isEmpty();
        answers.getFirst().run();
        assertThat(wentOn).hasSize(2);
    }

    @Test
    void anAnswerFromBeforeALaterStandstillDoesNotCount() {
        pass(LONG);
        publish("m1");
        pass(LONG);
        standstill.sweep();
        assertThat(stood).hasSize(2);
        answers.get(0).run();
        publish("m2");
        assertThat(wentOn).isEmpty();
        answers.get(1).run();
        assertThat(wentOn).containsExactly("m1", "m2");
    }

    @Test
    void anAnswerThatIsTakenAfterAnotherStandstillLetsNothingPass() {
        pass(LONG);
        publish("m");
        pass(LONG);
        answers.getFirst().run(); // the loop had it in its queue
        assertThat(wentOn).isEmpty();
        assertThat(stood).hasSize(2);
        answers.get(1).run();
        assertThat(wentOn).containsExactly("m");
    }

    @Test
    void aNodeThatIsAloneGoesOn() {
        alone = true;
        pass(LONG);
        publish("m1");
        alone = false;
        publish("m2");
        assertThat(wentOn).containsExactly("m1", "m2");
        assertThat(stood).isEmpty();
    }

    @Test
    void aClockThatIsPutBackIsAskedAboutToo() {
        pass(-LONG);
        publish("m");
        assertThat(wentOn).isEmpty();
        answers.getFirst().run();
        assertThat(wentOn).containsExactly("m");
    }
}
