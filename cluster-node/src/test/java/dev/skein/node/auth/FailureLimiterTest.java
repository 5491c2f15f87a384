package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureLimiterTest {
    private static final InetAddress FIRST = address("192.0.2.1");
    private static final InetAddress SECOND = address("192.0.2.2");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the clock may wrap
    private final FailureLimiter limiter = new FailureLimiter(new AuthSettings(3, 0.5, 2, 1, 1, 1), nanos::get);

    @Test
    void anAddressIsExhaustedAfterItsBurstAndNoOther() {
        assertThat(limiter.exhausted(FIRST)).isFalse();
        fail(FIRST, 2);
        assertThat(limiter.exhausted(FIRST)).isFalse();
        fail(FIRST, 1);
        assertThat(limiter.exhausted(FIRST)).isTrue();
        assertThat(limiter.exhausted(SECOND)).isFalse();
    }

    @Test
    void failuresAreForgivenAtTheConfiguredRate() {
        fail(FIRST, 3);
        pass(Duration.ofMillis(1_999));
        assertThat(limiter.exhausted(FIRST)).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(limiter.exhausted(FIRST)).isFalse();
        fail(FIRST, 1);
        assertThat(limiter.exhausted(FIRST)).isTrue();
    }

    @Test
    void furtherFailuresDoNotMakeADebt() {
        fail(FIRST, 1_000);
        pass(Duration.ofSeconds(2));
        assertThat(limiter.exhausted(FIRST)).isFalse();
    }

    @Test
    void aForgivenAddressIsForgotten() {
        fail(FIRST, 3);
        pass(Duration.ofSeconds(6));
        assertThat(limiter.exhausted(FIRST)).isFalse();
        assertThat(limiter.size()).isZero();
    }

    @Test
    void theAddressThatFailedLongestAgoIsEvicted() {
        fail(FIRST, 3);
        fail(SECOND, 3);
        fail(FIRST, 1); // now SECOND is the oldest
        fail(address("192.0.2.3"), 3);
        assertThat(limiter.size()).isEqualTo(2);
        assertThat(limiter.exhausted(FIRST)).isTrue();
        assertThat(limiter.exhausted(SECOND)).isFalse();
    }

    @Test
    void addressesOfOneIpv6NetworkShareABucket() {
        fail(address("2001:db8:1:2::1"), 3);
        assertThat(limiter.exhausted(address("2001:db8:1:2:ffff::9"))).isTrue();
        assertThat(limiter.exhausted(address("2001:db8:1:3::1"))).isFalse();
    }

    private void fail(InetAddress address, int times) {
        for (int i = 0; i < times; i++) {
            limiter.failed(address);
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
