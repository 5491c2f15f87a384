package dev.skein.node.wiring;

import dev.skein.node.delivery.DiskPressure;
import dev.skein.persistence.api.DiskReserve;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.JdbcStores;
import java.time.Duration;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks, some times a second, how much room the disk of the embedded store has left. */
final class DiskWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final Duration EVERY = Duration.ofMillis(250);

    private DiskWatch() {}

    static void start(Foundation base, DiskPressure pressure) {
        JdbcStores.diskReserve(
                        base.config().storage().url(), base.config().storage().diskReserve())
                .ifPresent(reserve -> start(base, reserve, pressure));
    }

    private static void start(Foundation base, DiskReserve reserve, DiskPressure pressure) {
        base.metrics().disk(reserve::free, reserve::mark, reserve::isLow);
        look(reserve, pressure); // before anybody publishes
        var _ = base.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        EVERY,
                        EVERY,
                        () -> look(reserve, pressure),
                        base.system().dispatchers().lookup(DispatcherSelector.blocking()));
    }

    private static void look(DiskReserve reserve, DiskPressure pressure) {
        try {
            pressure.alarm(reserve.look());
        } catch (StoreUnavailableException e) {
            LOG.debug("The disk of the store could not be looked at; the next look is in {}", EVERY, e);
        }
    }
}
