package dev.skein.node.edge;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A listener that accepts connections.
 *
 * @param name {@code mqtt}, {@code mqtts}, {@code ws} or {@code wss}
 * @param instance its instance
 * @param addresses what it is bound to, with the port that was taken: one at least
 */
public record BoundListener(String name, String instance, List<InetSocketAddress> addresses) {
    /** Copies the addresses. */
    public BoundListener {
        addresses = List.copyOf(addresses);
    }

    /** The first of its addresses. */
    public InetSocketAddress address() {
        return addresses.getFirst();
    }

    /** Address in text form. */
    public String host() {
        return address().getAddress().getHostAddress();
    }

    /** Port that was taken. */
    public int port() {
        return address().getPort();
    }
}
