package dev.skein.node.cluster;

import java.util.regex.Pattern;

/** Names of machines as the links between nodes take them: they stand in URIs (RFC 2396, 3.2.2). */
public final class HostNames {
    private static final int NAME_MAX = 253;
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String LAST_LABEL = "[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern NAME = Pattern.compile("(?:" + LABEL + "\\.)*" + LAST_LABEL + "\\.?");
    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(?:" + BYTE + "\\.){3}" + BYTE);
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]");

    private static final String EXPECTED = "a host name of letters, digits, '-' and '.', each part of 1..63 characters"
            + " and the last one beginning with a letter; or an IPv4 address; or an IPv6 address in [ ]; and no port";

    private HostNames() {}

    /** Returns {@code host}; an exception names {@code key} and what is allowed. */
    public static String require(String key, String host) {
        boolean allowed = host.length() <= NAME_MAX
                && (NAME.matcher(host).matches()
                        || IPV4.matcher(host).matches()
                        || IPV6.matcher(host).matches());
        if (!allowed) {
            throw new IllegalArgumentException(key + ": " + host + " (expected: " + EXPECTED + ")");
        }
        return host;
    }
}
