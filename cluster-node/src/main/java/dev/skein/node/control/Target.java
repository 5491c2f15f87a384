package dev.skein.node.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The target of a request, decoded by the letter: segments are split before they are decoded, so that an identifier may
 * hold {@code /}, {@code %}, {@code .} and {@code ..} when it is percent-encoded.
 *
 * @param segments decoded segments of the path; an empty one stays
 * @param query decoded parameters, each at most once
 */
record Target(List<String> segments, Map<String, String> query) {
    private static final int HEX = 16;

    /**
     * Reads a target in origin form ({@code /a?b=c}) or absolute form ({@code http://host/a?b=c}).
     *
     * @throws ControlException with {@link ErrorCode#INVALID_PARAMETER} when it is not well formed
     */
    static Target parse(String raw) {
        String target = raw;
        int fragment = target.indexOf('#');
        target = fragment < 0 ? target : target.substring(0, fragment);
        int mark = target.indexOf('?');
        String path = path(mark < 0 ? target : target.substring(0, mark));
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            segments.add(decode("path", segment, false));
        }
        return new Target(List.copyOf(segments), mark < 0 ? Map.of() : query(target.substring(mark + 1)));
    }

    private static String path(String pathOrUri) {
        if (pathOrUri.startsWith("/")) {
            return pathOrUri;
        }
        int authority = pathOrUri.indexOf("://");
        int slash = authority < 0 ? -1 : pathOrUri.indexOf('/', authority + "://".length());
        return slash < 0 ? "/" : pathOrUri.substring(slash);
    }

    private static Map<String, String> query(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode("query", equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(name, pair.substring(equals + 1), true);
            if (parameters.put(name, value) != null) {
                throw invalid(name + ": given twice (expected: once)");
            }
        }
        return parameters;
    }

    private static String decode(String name, String text, boolean form) {
        if (text.indexOf('%') < 0 && (!form || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer to = ByteBuffer.allocate(from.length);
        for (int i = 0; i < from.length; i++) {
            if (from[i] == '%') {
                to.put(hex(name, text, from, i));
                i += 2;
            } else {
                to.put(form && from[i] == '+' ? (byte) ' ' : from[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(to.flip()).toString();
        } catch (CharacterCodingException e) {
            throw invalid(name + ": " + text + " (expected: percent-encoded UTF-8)");
        }
    }

    private static byte hex(String name, String text, byte[] from, int percent) {
        int high = percent + 2 < from.length ? Character.digit(from[percent + 1], HEX) : -1;
        int low = percent + 2 < from.length ? Character.digit(from[percent + 2], HEX) : -1;
        if (high < 0 || low < 0) {
            throw invalid(name + ": " + text + " (expected: two hexadecimal digits behind each %)");
        }
        return (byte) (high * HEX + low);
    }

    private static ControlException invalid(String message) {
        return new ControlException(ErrorCode.INVALID_PARAMETER, message);
    }
}
