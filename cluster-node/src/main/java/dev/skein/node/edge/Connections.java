package dev.skein.node.edge;

import dev.skein.node.net.AddressCounts;
import dev.skein.node.net.AddressGroup;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The open connections of all listeners, never more than a bound. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class Connections {

    private final int max;
    private final @Nullable AddressCounts<AddressGroup> byAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * @param max in all
     * @param maxPerAddress of one address; 0 for no bound
     */
    Connections(int max, int maxPerAddress) {
        this.max = max;
        this.byAddress = maxPerAddress == 0 ? null : new AddressCounts<>(Integer.MAX_VALUE, maxPerAddress);
    }

    /** False: there are too many already, or all are being closed. */
    boolean add(Channel channel) {
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            return false;
        }
        open.add(channel);
        if (closing) {
            remove(channel);
            return false;
        }
        return true;
    }

    /** One of those that were added comes from there; false: there are too many of its address. On its event loop. */
    boolean isFrom(Channel channel, InetAddress address) {
        AddressCounts<AddressGroup> counts = byAddress;
        if (counts == null) {
            return true;
        }
        AddressGroup group = AddressGroup.of(address);
        if (counts.add(group) != AddressCounts.Outcome.ADDED) {
            return false;
        }
        channel.closeFuture().addListener(_ -> counts.remove(group));
        return true;
    }

    void remove(Channel channel) {
        if (open.remove(channel)) {
            count.decrementAndGet();
        }
    }

    int count() {
        return count.get();
    }

    /** Closes all; later ones are not let in. */
    Stream<ChannelFuture> close() {
        closing = true;
        return open.stream().map(Channel::close);
    }
}
