package dev.skein.node.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the byte notation of the conformance cases. Tokens are parted by spaces; {@code ;} ends a packet.
 *
 * <pre>
 * 10 C0          bytes, in hexadecimal
 * 'text'         the UTF-8 bytes of text
 * s'text'        the same behind a two-byte length; s( 'a' 00 ) does so with any tokens
 * len            the remaining length, counted to the end of the packet; len=300 declares 300 whatever follows
 * k60 p7         a two-byte number: keep-alive, packet identifier
 * q1             a QoS byte
 * 'x'*70000      the token before the star, so many times
 * flags:02       a label, for the reader only
 * |              (send) a new TCP segment or WebSocket frame begins
 * ??  32|3A      (expect) any byte; one of these bytes
 * p?  p&gt;a  p&gt;b!a  (expect) any packet identifier but 0; the same, kept as a; as b, and unlike a
 * p=a            the packet identifier kept as a
 * ...            (expect) anything up to the end of the packet
 * </pre>
 */
final class Notation {
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z-]+:");
    private static final Pattern NUMBER = Pattern.compile("[kpq]\\d+");
    private static final Pattern BYTES = Pattern.compile("[0-9A-Fa-f]{2}(\\|[0-9A-Fa-f]{2})*");
    private static final Pattern TAKE = Pattern.compile("p>([a-z0-9]+)(?:!([a-z0-9]+))?");
    private static final Pattern USE = Pattern.compile("p=([a-z0-9]+)");
    private static final Pattern LENGTH = Pattern.compile("len(?:=(\\d+))?");
    private static final Pattern STAR = Pattern.compile("\\*(\\d+)");

    private final String text;
    private int at;

    private Notation(String text) {
        this.text = text;
    }

    /** The packets of {@code text}, at least one. */
    static List<PacketPattern> packets(String text) {
        Notation notation = new Notation(text);
        List<PacketPattern> packets = new ArrayList<>();
        do {
            int from = notation.at;
            List<PacketPattern.Element> elements = notation.elements(';');
            packets.add(new PacketPattern(
                    text.substring(from, notation.at).replace(";", "").strip(), elements));
        } while (notation.at < text.length());
        return packets;
    }

    private List<PacketPattern.Element> elements(char end) {
        List<PacketPattern.Element> elements = new ArrayList<>();
        while (skipSpaces()) {
            if (text.charAt(at) == end) {
                at++;
                return elements;
            }
            take(LABEL);
            List<PacketPattern.Element> token = token();
            Matcher star = take(STAR);
            int times = star == null ? 1 : Integer.parseInt(star.group(1));
            for (int i = 0; i < times; i++) {
                elements.addAll(token);
            }
        }
        return elements;
    }

    private List<PacketPattern.Element> token() {
        if (text.startsWith("...", at)) {
            at += 3;
            return List.of(new PacketPattern.Rest());
        }
        if (text.startsWith("??", at)) {
            at += 2;
            return List.of(new PacketPattern.OneOf(List.of()));
        }
        if (text.startsWith("p?", at)) {
            at += 2;
            return List.of(new PacketPattern.TakeId("-", null));
        }
        return switch (text.charAt(at)) {
            case '|' -> {
                at++;
                yield List.of(new PacketPattern.Cut());
            }
            case '\'' -> quoted();
            case 's' -> prefixed();
            default -> word();
        };
    }

    private List<PacketPattern.Element> prefixed() {
        at++;
        List<PacketPattern.Element> body;
        if (text.startsWith("(", at)) {
            at++;
            body = elements(')');
        } else {
            body = quoted();
        }
        List<PacketPattern.Element> elements =
                number(body.stream().mapToInt(PacketPattern.Element::size).sum());
        elements.addAll(body);
        return elements;
    }

    private List<PacketPattern.Element> quoted() {
        int end = text.indexOf('\'', at + 1);
        if (text.charAt(at) != '\'' || end < 0) {
            throw new IllegalArgumentException("notation: " + text.substring(at) + " (expected: 'text')");
        }
        byte[] bytes = text.substring(at + 1, end).getBytes(StandardCharsets.UTF_8);
        at = end + 1;
        List<PacketPattern.Element> elements = new ArrayList<>();
        for (byte b : bytes) {
            elements.add(new PacketPattern.Literal(b & 0xFF));
        }
        return elements;
    }

    private List<PacketPattern.Element> word() {
        Matcher match = take(TAKE);
        if (match != null) {
            return List.of(new PacketPattern.TakeId(match.group(1), match.group(2)));
        }
        match = take(USE);
        if (match != null) {
            return List.of(new PacketPattern.UseId(match.group(1)));
        }
        match = take(LENGTH);
        if (match != null) {
            return List.of(new PacketPattern.Length(match.group(1) == null ? null : Integer.valueOf(match.group(1))));
        }
        match = take(NUMBER);
        if (match != null) {
            int value = Integer.parseInt(match.group().substring(1));
            return match.group().startsWith("q") ? List.of(new PacketPattern.Literal(value)) : number(value);
        }
        match = take(BYTES);
        if (match == null) {
            throw new IllegalArgumentException("notation: " + text.substring(at) + " (expected: a token)");
        }
        List<Integer> values = new ArrayList<>();
        for (String hex : match.group().split("\\|", -1)) {
            values.add(Integer.parseInt(hex, 16));
        }
        return List.of(
                values.size() == 1 ? new PacketPattern.Literal(values.getFirst()) : new PacketPattern.OneOf(values));
    }

    private static List<PacketPattern.Element> number(int value) {
        return new ArrayList<>(List.of(new PacketPattern.Literal(value >> 8), new PacketPattern.Literal(value & 0xFF)));
    }

    private boolean skipSpaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length();
    }

    private @Nullable Matcher take(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        return matcher;
    }
}
