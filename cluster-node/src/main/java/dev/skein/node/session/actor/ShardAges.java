package dev.skein.node.session.actor;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/**
 * Since when this node has each of its shards. A shard that came lately had its sessions on another node before, and
 * connections that were admitted there may not have claimed again yet. Thread-safe.
 */
public final class ShardAges {
    private static final long YOUNG_NANOS = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Since> shards = new ConcurrentHashMap<>();

    private record Since(ActorRef<ClusterSharding.ShardCommand> shard, long nanos) {}

    /**
     * Knows no shard.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public ShardAges(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether {@code shard} came to this node, or was asked for first, less than half a minute ago. */
    boolean isYoung(ActorRef<ClusterSharding.ShardCommand> shard) {
        long now = nanoTime.getAsLong();
        Since since = shards.compute(
                shard.path().name(),
                (_, before) -> before != null && before.shard().equals(shard) ? before : new Since(shard, now));
        return now - since.nanos() < YOUNG_NANOS;
    }
}
