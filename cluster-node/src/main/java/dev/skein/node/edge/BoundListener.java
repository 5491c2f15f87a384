package dev.skein.node.edge;

import java.net.InetSocketAddress;

/**
 * A listener that accepts connections.
 *
 * @param name {@code mqtt}, {@code mqtts}, {@code ws} or {@code wss}
 * @param instance its instance
 * @param address what it is bound to, with the port that was taken
 */
public record BoundListener(String name, String instance, InetSocketAddress address) {
    /** Address in text form. */
    public String host() {
        return address.getAddress().getHostAddress();
    }

    /** Port that was taken. */
    public int port() {
        return address.getPort();
    }
}
