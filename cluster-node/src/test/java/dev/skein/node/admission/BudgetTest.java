package dev.skein.node.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.admission.Budget.State;
import dev.skein.node.admission.Budget.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Long> waits = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Budget budget = new Budget(2, 3, Duration.ofSeconds(1), Duration.ofSeconds(30), now::get, waits::add);

    private Ticket enter(String name) {
        return enter("all", name);
    }

    private Ticket enter(String party, String name) {
        return budget.enter(party, new Budget.Waiter() {
            @Override
            public void admitted(Ticket ticket) {
                told.add(name);
            }

            @Override
            public void overdue(Ticket ticket) {
                told.add(name + " overdue");
            }
        });
    }

    private void after(Duration time) {
        now.addAndGet(time.toNanos());
        budget.tick();
    }

    @Test
    void whatIsAboveTheLimitWaitsInOrder() {
        Ticket first = enter("a");
        Ticket second = enter("b");
        assertThat(first.entered()).isEqualTo(State.ADMITTED);
        assertThat(second.entered()).isEqualTo(State.ADMITTED);
        assertThat(enter("c").entered()).isEqualTo(State.WAITING);
        assertThat(enter("d").entered()).isEqualTo(State.WAITING);
        assertThat(told).isEmpty();
        now.addAndGet(7);
        second.done();
        assertThat(told).containsExactly("c");
        first.done();
        assertThat(told).containsExactly("c", "d");
        assertThat(waits).containsExactly(7L, 7L);
        assertThat(budget.figures()).isEqualTo(new Budget.Figures(2, 0, 4, 0, 0));
    }

    @Test
    void doneTwiceFreesOnePlace() {
        Ticket first = enter("a");
        enter("b");
        enter("c");
        enter("d");
        first.done();
        first.done();
        assertThat(told).containsExactly("c");
    }

    @Test
    void whoLeavesTheQueueIsPassedOver() {
        Ticket first = enter("a");
        enter("b");
        Ticket third = enter("c");
        enter("d");
        third.done();
        assertThat(budget.figures().waiting()).isEqualTo(1);
        first.done();
        assertThat(told).containsExactly("d");
    }

    @Test
    void aFullQueueRefuses() {
        for (int i = 0; i < 5; i++) {
            enter("x");
        }
        Ticket refused = enter("y");
        assertThat(refused.entered()).isEqualTo(State.FULL);
        refused.done();
        assertThat(budget.figures()).isEqualTo(new Budget.Figures(2, 3, 2, 1, 0));
    }

    @Test
    void partiesTakeTurns() {
        Ticket first = enter("many", "m1");
        Ticket second = enter("many", "m2");
        enter("many", "m3");
        enter("many", "m4");
        enter("one", "o1");
        first.done();
        second.done();
        assertThat(told).containsExactly("m3", "o1");
    }

    @Test
    void whoIsLastOfTheLongestLineMakesRoomForAShorterOne() {
        Ticket first = enter("many", "m1");
        enter("many", "m2");
        enter("many", "m3");
        enter("many", "m4");
        enter("many", "m5");
        assertThat(enter("one", "o1").entered()).isEqualTo(State.WAITING);
        assertThat(told).containsExactly("m5 overdue");
        assertThat(enter("many", "m6").entered()).isEqualTo(State.FULL);
        // Two of one party and one of another: nobody is better off with another order.
        assertThat(enter("one", "o2").entered()).isEqualTo(State.FULL);
        assertThat(enter("third", "t1").entered()).isEqualTo(State.WAITING);
        assertThat(told).containsExactly("m5 overdue", "m4 overdue");
        first.done();
        assertThat(told).containsExactly("m5 overdue", "m4 overdue", "m3");
        assertThat(budget.figures()).isEqualTo(new Budget.Figures(2, 2, 3, 4, 0));
    }

    @Test
    void partyThatIsGoneLeavesNothingBehind() {
        Ticket first = enter("many", "m1");
        enter("many", "m2");
        Ticket third = enter("gone", "g1");
        third.done();
        enter("gone", "g2");
        enter("one", "o1");
        first.done();
        assertThat(told).containsExactly("g2");
        after(Duration.ofSeconds(30));
        assertThat(told).containsExactly("g2", "o1 overdue");
        assertThat(budget.figures().waiting()).isZero();
    }

    @Test
    void nobodyWaitsForEver() {
        enter("a");
        enter("b");
        enter("c");
        after(Duration.ofSeconds(20));
        enter("d");
        after(Duration.ofSeconds(10));
        assertThat(told).containsExactly("c overdue");
        assertThat(budget.figures()).isEqualTo(new Budget.Figures(2, 1, 2, 0, 1));
    }

    @Test
    void whatWaitsForOthersKeepsNobodyOut() {
        Ticket slow = enter("a");
        enter("b");
        enter("c");
        slow.mayLapse();
        after(Duration.ofMillis(999));
        assertThat(told).isEmpty();
        after(Duration.ofMillis(1));
        assertThat(told).containsExactly("c");
        slow.done();
        assertThat(budget.figures()).isEqualTo(new Budget.Figures(2, 0, 3, 0, 0));
    }

    @Test
    void limitsComeFromTheProcessorsUnlessGiven() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("skein.admission");
        assertThat(AdmissionSettings.from(reference, 2))
                .isEqualTo(new AdmissionSettings(
                        256,
                        128,
                        128,
                        16,
                        100_000,
                        Duration.ofSeconds(30),
                        new ReconnectSettings(200, 20_000, Duration.ofSeconds(10), Duration.ofSeconds(5))));
        Config given = ConfigFactory.parseString("connects = 7").withFallback(reference);
        assertThat(AdmissionSettings.from(given, 2).connects()).isEqualTo(7);
    }

    @Test
    void wrongLimitsAreNamed() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("skein.admission");
        assertThatThrownBy(() -> AdmissionSettings.from(
                        ConfigFactory.parseString("restores = -1").withFallback(reference), 2))
                .hasMessage("skein.admission.restores: -1 (expected: 0..1000000)");
        assertThatThrownBy(() -> AdmissionSettings.from(
                        ConfigFactory.parseString("wait-timeout = 1ms").withFallback(reference), 2))
                .hasMessageContaining("skein.admission.wait-timeout: 1 ms");
    }
}
