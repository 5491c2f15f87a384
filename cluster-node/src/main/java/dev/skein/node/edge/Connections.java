package dev.skein.node.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The open connections of all listeners, never more than a bound. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // A channel that fails to write or close closes, and tells so itself.
final class Connections {

    private final int max;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    Connections(int max) {
        this.max = max;
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
