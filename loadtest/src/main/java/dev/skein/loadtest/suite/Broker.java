package dev.skein.loadtest.suite;

import java.net.InetSocketAddress;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A broker that takes part.
 *
 * @param name in the table
 * @param address resolved
 * @param pid its process on this machine, for CPU time and memory
 */
public record Broker(String name, InetSocketAddress address, OptionalLong pid) {
    private static final Pattern SHAPE = Pattern.compile("([^=]+)=(.+?):(\\d{1,5})(?::(\\d{1,18}))?");

    /** Reads {@code name=host:port} or {@code name=host:port:pid}. */
    public static Broker parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--broker: " + text + " (expected: name=host:port or name=host:port:pid)");
        }
        int port = Integer.parseInt(matcher.group(3));
        InetSocketAddress address = new InetSocketAddress(matcher.group(2), Math.min(port, 0xFFFF));
        if (port < 1 || port > 0xFFFF || address.isUnresolved()) {
            throw new IllegalArgumentException(
                    "--broker: " + text + " (expected: a host that resolves, a port 1..65535)");
        }
        String pid = matcher.group(4);
        return new Broker(
                matcher.group(1), address, pid == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(pid)));
    }
}
