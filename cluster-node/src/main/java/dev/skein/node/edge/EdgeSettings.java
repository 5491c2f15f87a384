package dev.skein.node.edge;

import com.typesafe.config.Config;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.Set;

/**
 * Event loops and sockets, read from {@code skein.edge}.
 *
 * @param eventLoops number of event loops, 1..1024 (already resolved when the key is 0)
 * @param transport {@code auto}, {@code epoll} or {@code nio}
 * @param backlog connections that the kernel holds until they are accepted, 1..65535
 * @param connectTimeout until when a connection must have got through its PROXY header, TLS handshake and WebSocket
 *     upgrade and have sent its CONNECT; what it waits for this node does not count; 100 ms..10 minutes
 * @param maxConnections connections of this node, 1..100000000
 * @param maxConnectionsPerAddress of one address, or one /64 of IPv6, 0..100000000; 0 for no bound
 * @param writeHighWater bytes waiting in a connection above which it is not writable
 * @param writeLowWater bytes below which it is writable again; at most {@code writeHighWater}
 * @param stallTimeout after how long a connection is closed that takes nothing of what waits above the high-water mark
 * @param memoryMax bytes that all connections of the node may hold, see {@link ConnectionMemory}; already resolved when
 *     the key is {@code auto}
 */
public record EdgeSettings(
        int eventLoops,
        String transport,
        int backlog,
        Duration connectTimeout,
        int maxConnections,
        int maxConnectionsPerAddress,
        int writeHighWater,
        int writeLowWater,
        Duration stallTimeout,
        long memoryMax) {
    private static final int PARTS_OF_HEAP = 4;
    private static final int PARTS_OF_DIRECT = 2;

    /**
     * Reads and checks the settings.
     *
     * @param edge the section {@code skein.edge}
     * @throws IllegalArgumentException for a value out of range; names the full key
     */
    public static EdgeSettings from(Config edge) {
        Keys keys = new Keys("skein.edge", edge);
        int eventLoops = keys.number("event-loops", 0, 1024);
        int high = keys.bytes("write-high-water", 1024, 1 << 30);
        return new EdgeSettings(
                eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops,
                keys.choice("transport", Set.of("auto", "epoll", "io_uring", "nio")),
                keys.number("backlog", 1, 65_535),
                keys.duration("connect-timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
                keys.number("max-connections", 1, 100_000_000),
                keys.number("max-connections-per-address", 0, 100_000_000),
                high,
                keys.bytes("write-low-water", 1, high),
                keys.duration("stall-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                keys.bytesOrAuto("memory-max", 1 << 20, 1L << 40, EdgeSettings::memoryOfThisJvm));
    }

    /** What connections hold is heap or direct memory: it must fit in either, beside everything else. */
    private static long memoryOfThisJvm() {
        return Math.min(
                Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP,
                PlatformDependent.maxDirectMemory() / PARTS_OF_DIRECT);
    }
}
