package dev.skein.node.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 *
 * And for MQTT 5:
 *
 * <pre>
 * props( receive-maximum=5 user='a':'b' content-type=( 'x' C3 ) 26 )
 *                properties with their length in front: by name, or bytes; props=9( ) declares 9 whatever follows
 * props( message-expiry=8..10 topic-alias&gt;a correlation-data=? !reason-string ... )
 *                (expect) a number in bounds; kept as a; any value; not there; others may be there too
 * topic-alias=a  the value kept as a; s=a: a text kept
 * reason(83|87)  (expect) this reason code with any properties, at the end of a packet that may leave out code 00;
 *                reason( 83 reason-string='x' ) with these properties only
 * </pre>
 */
final class Notation {
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z-]+:");
    private static final Pattern NUMBER = Pattern.compile("[kpq]\\d+");
    private static final Pattern BYTES = Pattern.compile("[0-9A-Fa-f]{2}(\\|[0-9A-Fa-f]{2})*");
    private static final Pattern TAKE = Pattern.compile("p>([a-z0-9]+)(?:!([a-z0-9]+))?");
    private static final Pattern USE = Pattern.compile("p=([a-z0-9]+)");
    private static final Pattern LENGTH = Pattern.compile("len(?:=(\\d+))?");
    private static final Pattern PROPERTIES = Pattern.compile("props(?:=(\\d+))?\\(");
    private static final Pattern REASON = Pattern.compile("reason\\( *([0-9A-Fa-f]{2}(?:\\|[0-9A-Fa-f]{2})*)");
    private static final Pattern PROPERTY = Pattern.compile("([a-z][a-z-]+)=");
    private static final Pattern PROPERTY_TAKE = Pattern.compile("([a-z][a-z-]+)>([a-z0-9]+)");
    private static final Pattern UNWANTED = Pattern.compile("!([a-z][a-z-]+)");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\.\\.(\\d+))?");
    private static final Pattern VARIABLE = Pattern.compile("[a-z][a-z0-9]*");
    private static final Pattern USE_TEXT = Pattern.compile("s=([a-z0-9]+)");
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
        @Nullable Matcher match = take(PROPERTIES);
        if (match != null) {
            return List.of(properties(match.group(1) == null ? null : Integer.valueOf(match.group(1))));
        }
        match = take(REASON);
        if (match != null) {
            PropertyList properties = properties(null);
            PropertyList any = new PropertyList(List.of(), Set.of(), true, null);
            boolean said =
                    !properties.items().isEmpty() || !properties.unwanted().isEmpty();
            return List.of(new PacketPattern.Reason(bytes(match.group(1)), said ? properties : any));
        }
        match = take(USE_TEXT);
        if (match != null) {
            return List.of(new PacketPattern.UseText(match.group(1)));
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

    /** Behind the opening bracket. */
    private PropertyList properties(@Nullable Integer forcedLength) {
        List<PropertyList.Item> items = new ArrayList<>();
        Set<Mqtt5Property> unwanted = EnumSet.noneOf(Mqtt5Property.class);
        boolean open = false;
        while (skipSpaces() && text.charAt(at) != ')') {
            @Nullable Matcher match = take(UNWANTED);
            if (match != null) {
                unwanted.add(Mqtt5Property.of(match.group(1)));
            } else if (text.startsWith("...", at)) {
                at += 3;
                open = true;
            } else {
                items.add(item());
            }
        }
        at++;
        return new PropertyList(items, unwanted, open, forcedLength);
    }

    private PropertyList.Item item() {
        @Nullable Matcher match = take(PROPERTY_TAKE);
        if (match != null) {
            return new PropertyList.Item.Any(Mqtt5Property.of(match.group(1)), match.group(2));
        }
        match = take(PROPERTY);
        if (match == null) {
            return new PropertyList.Item.Raw(repeated());
        }
        Mqtt5Property property = Mqtt5Property.of(match.group(1));
        if (text.startsWith("?", at)) {
            at++;
            return new PropertyList.Item.Any(property, null);
        }
        match = take(RANGE);
        if (match != null) {
            long from = Long.parseLong(match.group(1));
            return match.group(2) == null
                    ? new PropertyList.Item.Exact(property, property.encode(from))
                    : new PropertyList.Item.Range(property, from, Long.parseLong(match.group(2)));
        }
        match = take(VARIABLE);
        if (match != null) {
            return new PropertyList.Item.Use(property, match.group());
        }
        List<PacketPattern.Element> value = prefixedValue();
        if (property == Mqtt5Property.USER) {
            if (!text.startsWith(":", at)) {
                throw new IllegalArgumentException("user: " + text.substring(at) + " (expected: 'name':'value')");
            }
            at++;
            value.addAll(prefixedValue());
        }
        return new PropertyList.Item.Exact(property, known(value));
    }

    private List<PacketPattern.Element> prefixedValue() {
        at--; // prefixed() begins behind its s
        return prefixed();
    }

    private byte[] repeated() {
        List<PacketPattern.Element> token = token();
        @Nullable Matcher star = take(STAR);
        int times = star == null ? 1 : Integer.parseInt(star.group(1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(known(token));
        }
        return out.toByteArray();
    }

    private static byte[] known(List<PacketPattern.Element> elements) {
        return new PacketPattern("", elements).segments(Map.of()).getFirst();
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
        List<Integer> values = bytes(match.group());
        return List.of(
                values.size() == 1 ? new PacketPattern.Literal(values.getFirst()) : new PacketPattern.OneOf(values));
    }

    private static List<Integer> bytes(String alternatives) {
        List<Integer> values = new ArrayList<>();
        for (String hex : alternatives.split("\\|", -1)) {
            values.add(Integer.parseInt(hex, 16));
        }
        return values;
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
