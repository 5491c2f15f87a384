package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.FailureLimiter.Pass;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureLimiterTest {
    private static final FailureLimiter.Key FIRST = user("192.0.2.1", "bob");
    private static final FailureLimiter.Key SECOND = user("192.0.2.2", "bob");

    private final ManualTimer time = new ManualTimer();
    private final FailureLimiter limiter =
            new FailureLimiter(new AuthSettings(3, 0.5, 2, 1, 100, 1), time::nanos, time);
    private final List<String> seen = new ArrayList<>();
    private final List<Pass> passes = new ArrayList<>();

    /** Notes what becomes of it. */
    private final class Noted implements FailureLimiter.Check {
        private final String name;

        Noted(String name) {
            this.name = name;
        }

        @Override
        public void pass(Pass pass) {
            seen.add(name + " passes");
            passes.add(pass);
        }

        @Override
        public void waits() {
            seen.add(name + " waits");
        }

        @Override
        public void refused() {
            seen.add(name + " refused");
        }
    }

    @Test
    void aUserAtAnAddressIsExhaustedAfterItsBurstAndNoOther() {
        fail(FIRST, 2);
        assertThat(limiter.exhausted(FIRST)).isFalse();
        fail(FIRST, 1);
        assertThat(limiter.exhausted(FIRST)).isTrue();
        assertThat(limiter.exhausted(SECOND)).isFalse();
        assertThat(limiter.exhausted(user("192.0.2.1", "amy"))).isFalse();
        assertThat(limiter.exhausted(whole("192.0.2.1"))).isFalse();
    }

    @Test
    void anAddressAsAWholeHasTenTimesAsMany() {
        fail(whole("192.0.2.1"), 29);
        assertThat(limiter.exhausted(whole("192.0.2.1"))).isFalse();
        fail(whole("192.0.2.1"), 1);
        assertThat(limiter.exhausted(whole("192.0.2.1"))).isTrue();
        time.pass(Duration.ofMillis(200));
        assertThat(limiter.exhausted(whole("192.0.2.1"))).isFalse();
    }

    @Test
    void failuresAreForgivenAtTheConfiguredRate() {
        fail(FIRST, 3);
        time.pass(Duration.ofMillis(1_999));
        assertThat(limiter.exhausted(FIRST)).isTrue();
        time.pass(Duration.ofMillis(1));
        assertThat(limiter.exhausted(FIRST)).isFalse();
        fail(FIRST, 1);
        assertThat(limiter.exhausted(FIRST)).isTrue();
    }

    @Test
    void furtherFailuresDoNotMakeADebt() {
        fail(FIRST, 1_000);
        time.pass(Duration.ofSeconds(2));
        assertThat(limiter.exhausted(FIRST)).isFalse();
    }

    @Test
    void whatIsForgivenIsForgotten() {
        fail(FIRST, 3);
        time.pass(Duration.ofSeconds(6));
        assertThat(limiter.exhausted(FIRST)).isFalse();
        assertThat(limiter.size()).isZero();
    }

    @Test
    void whatFailedLongestAgoIsEvicted() {
        fail(FIRST, 3);
        fail(SECOND, 3);
        fail(FIRST, 1); // now SECOND is the oldest
        fail(user("192.0.2.3", "bob"), 3);
        assertThat(limiter.size()).isEqualTo(2);
        assertThat(limiter.exhausted(FIRST)).isTrue();
        assertThat(limiter.exhausted(SECOND)).isFalse();
    }

    @Test
    void addressesOfOneIpv6NetworkShareABucket() {
        fail(user("2001:db8:1:2::1", "bob"), 3);
        assertThat(limiter.exhausted(user("2001:db8:1:2:ffff::9", "bob"))).isTrue();
        assertThat(limiter.exhausted(user("2001:db8:1:3::1", "bob"))).isFalse();
    }

    @Test
    void userNamesOfInstancesAreApart() {
        fail(FailureLimiter.Key.of(address("192.0.2.1"), "one", "bob"), 3);
        assertThat(limiter.exhausted(FailureLimiter.Key.of(address("192.0.2.1"), "two", "bob")))
                .isFalse();
    }

    @Test
    void checksPassAtOnceUntilTheBucketIsEmpty() {
        for (int i = 0; i < 50; i++) {
            enter("c" + i);
        }
        assertThat(seen).hasSize(50).allMatch(text -> text.endsWith(" passes"));
        passes.getFirst().over(true);
        assertThat(passes.getLast().isStale()).isFalse();
        passes.get(1).over(true);
        passes.get(2).over(true);
        assertThat(passes.getLast().isStale()).isTrue();
    }

    @Test
    void whoWaitsPassesWithTheNextTokenOneAtATime() {
        fail(FIRST, 3);
        enter("a");
        enter("b");
        time.pass(Duration.ofMillis(1_999));
        assertThat(seen).containsExactly("a waits", "b waits");
        time.pass(Duration.ofMillis(1));
        assertThat(seen).containsExactly("a waits", "b waits", "a passes");
        assertThat(passes.getFirst().isStale()).isFalse();
        passes.getFirst().over(true);
        assertThat(seen).hasSize(3);
        time.pass(Duration.ofSeconds(2));
        assertThat(seen).containsExactly("a waits", "b waits", "a passes", "b passes");
    }

    @Test
    void whoIsRightCostsNothingSoThatTheNextPassesAtOnce() {
        fail(FIRST, 3);
        enter("a");
        enter("b");
        enter("c");
        time.pass(Duration.ofSeconds(2));
        passes.getFirst().over(false);
        passes.get(1).over(false);
        assertThat(seen).endsWith("a passes", "b passes", "c passes");
        enter("d"); // behind one that is being checked
        assertThat(seen).endsWith("d waits");
        passes.get(2).over(false);
        passes.get(3).over(false);
        enter("e");
        assertThat(seen).endsWith("d passes", "e passes");
    }

    @Test
    void whoWaitsForTooLongIsRefusedAlsoBehindACheckThatTakesLong() {
        fail(FIRST, 3);
        enter("a");
        time.pass(Duration.ofSeconds(2));
        enter("b");
        time.pass(FailureLimiter.PATIENCE.minusMillis(1));
        assertThat(seen).containsExactly("a waits", "a passes", "b waits");
        time.pass(Duration.ofMillis(1));
        assertThat(seen).endsWith("b refused");
        assertThat(time.pending()).isZero();
    }

    @Test
    void aLineThatIsFullRefuses() {
        fail(FIRST, 3);
        for (int i = 0; i <= FailureLimiter.LINE; i++) {
            enter("c" + i);
        }
        assertThat(seen).endsWith("c" + FailureLimiter.LINE + " refused").hasSize(FailureLimiter.LINE + 1);
    }

    @Test
    void allLinesTogetherHaveABound() {
        FailureLimiter small = new FailureLimiter(new AuthSettings(1, 0.5, 10, 1, 2, 1), time::nanos, time);
        small.failed(FIRST);
        small.failed(SECOND);
        small.enter(FIRST, new Noted("a"));
        small.enter(SECOND, new Noted("b"));
        small.enter(SECOND, new Noted("c"));
        assertThat(seen).containsExactly("a waits", "b waits", "c refused");
        time.pass(Duration.ofSeconds(2));
        passes.forEach(pass -> pass.over(true));
        small.enter(SECOND, new Noted("d"));
        assertThat(seen).endsWith("d waits");
    }

    @Test
    void aLineOutlivesTheBucketThatWasForgotten() {
        fail(FIRST, 3);
        enter("a");
        fail(SECOND, 3);
        fail(user("192.0.2.3", "bob"), 3);
        time.pass(Duration.ofSeconds(2));
        assertThat(seen).containsExactly("a waits", "a passes");
        passes.getFirst().over(true);
        assertThat(limiter.size()).isEqualTo(2);
    }

    @Test
    void aLineThatIsServedForLongAsksForOneAlarmAtATime() {
        fail(FIRST, 3);
        for (int round = 0; round < 100; round++) {
            enter("c" + round);
            time.pass(Duration.ofMillis(500), () -> {
                passes.forEach(pass -> pass.over(true));
                passes.clear();
            });
        }
        assertThat(time.pending()).isLessThan(10);
    }

    private void enter(String name) {
        limiter.enter(FIRST, new Noted(name));
    }

    private void fail(FailureLimiter.Key key, int times) {
        for (int i = 0; i < times; i++) {
            limiter.failed(key);
        }
    }

    private static FailureLimiter.Key user(String address, String name) {
        return FailureLimiter.Key.of(address(address), "plain", name);
    }

    private static FailureLimiter.Key whole(String address) {
        return FailureLimiter.Key.of(address(address));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
