package dev.skein.node.control.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Parameters as they stand in a query or a form, and as they are signed. Pure. */
final class RpcText {
    /** Before anything is made of them: a stranger may have sent them. */
    private static final int PARAMETERS_MAX = 300;

    private RpcText() {}

    /**
     * Decodes {@code a=b&c=d}, sorted by name.
     *
     * @throws RpcException when it is not well formed, a name is there twice, or there are too many
     */
    static SortedMap<String, String> parameters(String text) {
        if (text.chars().filter(c -> c == '&').count() >= PARAMETERS_MAX) {
            throw RpcException.bad(
                    "InvalidParameter", "parameters: too many (expected: at most " + PARAMETERS_MAX + ")");
        }
        TreeMap<String, String> parameters = new TreeMap<>();
        for (String pair : text.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                throw RpcException.bad("InvalidParameter." + name, name + ": given twice (expected: once)");
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(new String(text.getBytes(ISO_8859_1), UTF_8), UTF_8);
        } catch (IllegalArgumentException e) {
            throw RpcException.bad("InvalidParameter", "parameters: not well formed (expected: percent-encoded UTF-8)");
        }
    }

    /** Percent-encoded as RFC 3986 says: all but letters, digits, {@code - _ . ~}. */
    static String encode(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** {@code a=b&c=d}, sorted by name and encoded, as both signatures sign it. */
    static String canonical(Map<String, String> sorted) {
        StringJoiner joined = new StringJoiner("&");
        sorted.forEach((name, value) -> joined.add(encode(name) + "=" + encode(value)));
        return joined.toString();
    }
}
