package dev.skein.node.edge.mqtt;

import dev.skein.node.registry.InstanceView;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * After how long without a packet a client is silent.
 *
 * @param nanos 0 for never
 * @param told seconds that count in place of those that the client asked for; -1: these count
 */
record KeepAlive(long nanos, int told) {
    /** @param asked seconds in CONNECT */
    static KeepAlive of(int asked, InstanceView view) {
        Duration max = view.limits().keepAlive();
        boolean limited = !max.isZero() && (asked == 0 || asked > max.toSeconds());
        long seconds = limited ? max.toSeconds() : asked;
        return new KeepAlive(TimeUnit.SECONDS.toNanos(seconds), limited ? (int) seconds : -1);
    }
}
