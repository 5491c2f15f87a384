package dev.skein.node.delivery;

import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Collects what one event loop has for outlets in a round, and hands it over at the end of the round. Confined to the
 * loop.
 */
final class LoopOutlets {
    private final Offer.Loop loop;
    private final IdentityHashMap<Outlet, List<Offer>> offers = new IdentityHashMap<>();
    private boolean scheduled;

    LoopOutlets(int index, Executor tasks) {
        this.loop = new Offer.Loop(index, tasks);
    }

    /** Offers {@code message}; what its publisher waits for is counted in {@code tally}. */
    void offer(List<Outlet> outlets, Message message, PublishTally tally) {
        for (Outlet outlet : outlets) {
            if (outlet.takes(message.origin())) {
                boolean awaited = message.qos() > 0;
                if (awaited) {
                    tally.expect();
                }
                offers.computeIfAbsent(outlet, _ -> new ArrayList<>())
                        .add(new Offer(loop, message, tally.isOfCleanSession(), awaited ? tally : null));
                schedule();
            }
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.tasks().execute(this::handOver); // runs after all sockets that were ready have been read
        }
    }

    private void handOver() {
        scheduled = false;
        offers.forEach(Outlet::take);
        offers.clear();
    }
}
