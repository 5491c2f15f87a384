package dev.skein.node.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Addresses that count as one client: an IPv4 address, or the /64 of an IPv6 one, which one machine holds whole.
 *
 * @param bits the address, or the first half of it
 * @param v6 whether it is IPv6
 */
public record AddressGroup(long bits, boolean v6) {
    /** That of {@code address}. */
    public static AddressGroup of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address
                ? new AddressGroup(bytes.getLong(), true)
                : new AddressGroup(bytes.getInt(), false);
    }
}
