package dev.skein.node.rule.sink;

import dev.skein.node.delivery.HeldPublishers;
import dev.skein.node.delivery.Obstacle;
import dev.skein.node.delivery.Offer;
import dev.skein.node.delivery.Outlet;
import dev.skein.node.delivery.OutletObstacle;
import dev.skein.node.rule.flow.Entry;
import dev.skein.protocol.message.Origin;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Sends what is published below a parent topic to the target of a rule. Thread-safe. */
public final class OutboundRule implements Outlet {
    /** Those who wait look again about once a second. */
    private static final int TICKS_A_SWEEP = 10;

    private final Target target;
    private final OutletObstacle obstacle;
    private final InstantSource clock;
    /** Bytes that were taken and that the rule has not looked at. */
    private final AtomicLong pending = new AtomicLong();

    private final long pendingMax;
    private int ticks;
    private volatile boolean includeApi;

    /**
     * A rule.
     *
     * @param name for log lines
     * @param spoolName of its spool on this node
     */
    public OutboundRule(Target.Parts parts, String name, String spoolName, HeldPublishers held) {
        this.obstacle = new OutletObstacle(held);
        this.clock = parts.clock();
        this.pendingMax = 2 * parts.settings().waitingBytes();
        this.target = new Target(parts, name, spoolName, obstacle::full);
    }

    /** Where it leads. */
    public Target target() {
        return target;
    }

    /** Whether what the control API publishes goes out too. */
    public void includeApi(boolean include) {
        includeApi = include;
    }

    /** Time has passed. */
    public void tick() {
        target.tick();
        if (++ticks % TICKS_A_SWEEP == 0) {
            obstacle.sweep();
        }
    }

    @Override
    public boolean takes(Origin origin) {
        if (origin.equals(Origin.API)) {
            return includeApi;
        }
        return !origin.toString().startsWith(Origin.RULE + ":");
    }

    @Override
    public void take(List<Offer> offers) {
        List<Offer> taken = pending.get() < pendingMax ? offers : awaited(offers);
        long bytes = 0;
        for (Offer offer : taken) {
            bytes += offer.message().bytes();
        }
        pending.addAndGet(bytes);
        offer(taken, bytes);
    }

    /** QoS 0 that comes faster than it can be looked at is dropped; the others wait for their answers. */
    private List<Offer> awaited(List<Offer> offers) {
        List<Offer> awaited = offers.stream().filter(Offer::isAwaited).toList();
        target.figures().dropped(offers.size() - awaited.size());
        return awaited;
    }

    private void offer(List<Offer> offers, long bytes) {
        target.offer(() -> {
            pending.addAndGet(-bytes);
            long now = clock.millis();
            List<Entry> entries = new ArrayList<>(offers.size());
            for (Offer offer : offers) {
                entries.add(new Entry(
                        MessageRecords.of(offer.message(), target.topic(), offer.isClean(), now),
                        offer.isAwaited(),
                        offer,
                        null));
            }
            return entries;
        });
    }

    @Override
    public Obstacle obstacle() {
        return obstacle;
    }
}
