package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.ConnectOptions;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The broker and how to reach it.
 *
 * @param brokers resolved addresses, used in turn; one or more
 * @param options what every client says in CONNECT
 * @param clientPrefix client identifiers are this and a letter and a number
 * @param sources local addresses to connect from, in turn; empty for the system's choice
 * @param tls null for plain TCP
 * @param threads event loops, 1 upward
 * @param mostPending connections that may be under way at once, 1 upward; more than a broker's accept queue holds would
 *     each wait a second for the kernel to try again
 * @param brokerPid the broker's process on this machine, whose CPU time and memory are read
 */
public record Target(
        List<InetSocketAddress> brokers,
        ConnectOptions options,
        String clientPrefix,
        List<InetAddress> sources,
        @Nullable SslContext tls,
        int threads,
        int mostPending,
        OptionalLong brokerPid) {
    /** Copies the lists. */
    public Target {
        brokers = List.copyOf(brokers);
        sources = List.copyOf(sources);
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        if (mostPending < 1) {
            throw new IllegalArgumentException("pending: " + mostPending + " (expected: >= 1)");
        }
    }
}
