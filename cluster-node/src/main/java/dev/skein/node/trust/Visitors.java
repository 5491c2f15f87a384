package dev.skein.node.trust;

import dev.skein.node.net.AddressCounts;
import dev.skein.node.net.LimitedLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Connections that have not shown yet that they are a node's: so many at once, few of one address, so that one machine
 * does not keep the nodes out. Tells of those that are refused. Thread-safe.
 */
final class Visitors {
    private static final int MAX = 256;
    private static final int MAX_OF_ADDRESS = 16;
    private static final int LINES_PER_SECOND = 5;

    /** For people. */
    static final String BOUNDS = MAX_OF_ADDRESS + " of one address, " + MAX + " in all";

    private final LimitedLog log =
            new LimitedLog(LoggerFactory.getLogger(NodePort.class), LINES_PER_SECOND, System::nanoTime);
    /** Nodes of one cluster may share a /64, so each address counts by itself. */
    private final AddressCounts<InetAddress> counts = new AddressCounts<>(MAX, MAX_OF_ADDRESS);

    private final Consumer<String> counted;
    /** @param counted told the reason of each refusal */
    Visitors(Consumer<String> counted) {
        this.counted = counted;
    }

    /** Whether one more of this address may come; {@link #leave} follows. */
    boolean enter(InetAddress address) {
        return counts.add(address) == AddressCounts.Outcome.ADDED;
    }

    /** It is gone, or has shown that it is a node's. */
    void leave(InetAddress address) {
        counts.remove(address);
    }

    /** One line: who was refused, and why. */
    void refused(InetSocketAddress remote, Refusal refusal, String detail) {
        counted.accept(refusal.label());
        log.info("cluster", remote, "link refused, " + refusal.words(), detail);
    }
}
