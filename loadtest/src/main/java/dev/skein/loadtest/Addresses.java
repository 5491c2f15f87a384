package dev.skein.loadtest;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Addresses as options give them. */
final class Addresses {
    private static final int MOST = 65_536;

    private Addresses() {}

    /** The addresses of hosts with commas between. */
    static List<InetSocketAddress> brokers(String hosts, int port) {
        List<InetSocketAddress> brokers = new ArrayList<>();
        for (String each : List.of(hosts.split(",", -1))) {
            InetSocketAddress broker = new InetSocketAddress(each, port);
            if (broker.isUnresolved()) {
                throw new IllegalArgumentException("--host: " + each + " (expected: a name or address that resolves)");
            }
            brokers.add(broker);
        }
        return brokers;
    }

    /** {@code number} when it is a port; {@code name} is the option that gave it. */
    static int port(String name, int number) {
        if (number < 1 || number > 0xFFFF) {
            throw new IllegalArgumentException(name + ": " + number + " (expected: 1..65535)");
        }
        return number;
    }

    /** Local addresses: {@code 127.0.0.2}, or a range such as {@code 127.0.0.2-127.0.0.9}. */
    static List<InetAddress> sources(List<String> texts) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            try {
                int dash = text.indexOf('-');
                if (dash < 0) {
                    addresses.add(InetAddress.ofLiteral(text.trim()));
                } else {
                    range(
                            text.substring(0, dash).trim(),
                            text.substring(dash + 1).trim(),
                            addresses);
                }
            } catch (IllegalArgumentException notAnAddress) {
                throw new IllegalArgumentException(
                        "--source-addresses: " + text
                                + " (expected: addresses of this machine, or ranges of IPv4 ones)",
                        notAnAddress);
            }
        }
        return addresses;
    }

    private static void range(String first, String last, List<InetAddress> addresses) {
        long from = number(InetAddress.ofLiteral(first));
        long to = number(InetAddress.ofLiteral(last));
        if (to < from || to - from >= MOST) {
            throw new IllegalArgumentException("range: " + (to - from + 1) + " addresses (expected: 1.." + MOST + ")");
        }
        for (long each = from; each <= to; each++) {
            byte[] bytes = {(byte) (each >> 24), (byte) (each >> 16), (byte) (each >> 8), (byte) each};
            try {
                addresses.add(Objects.requireNonNull(InetAddress.getByAddress(bytes)));
            } catch (UnknownHostException fourBytesAreAnAddress) {
                throw new IllegalStateException(fourBytesAreAnAddress);
            }
        }
    }

    private static long number(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != 4) {
            throw new IllegalArgumentException("range: " + address + " (expected: IPv4)");
        }
        long number = 0;
        for (byte each : bytes) {
            number = (number << 8) | (each & 0xFF);
        }
        return number;
    }
}
