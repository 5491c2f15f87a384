package dev.skein.node.conformance;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One control packet in the byte notation, to send or to compare a received packet with. Variables hold the bytes of
 * packet identifiers and of property values that one step kept and another uses.
 */
final class PacketPattern {
    /** One piece of a packet. */
    sealed interface Element permits Literal, OneOf, UseId, TakeId, UseText, Length, Cut, Rest, Reason, PropertyList {
        /** Bytes on the wire; -1 when the element alone does not tell. */
        int size();
    }

    /** Exactly this byte. */
    record Literal(int value) implements Element {
        @Override
        public int size() {
            return 1;
        }
    }

    /** One byte out of several; an empty list stands for any byte. Only to expect. */
    record OneOf(List<Integer> values) implements Element {
        @Override
        public int size() {
            return 1;
        }
    }

    /** A packet identifier that a step captured. */
    record UseId(String variable) implements Element {
        @Override
        public int size() {
            return Short.BYTES;
        }
    }

    /** Any non-zero packet identifier other than that of {@code unlike}; kept as {@code variable}. Only to expect. */
    record TakeId(String variable, @Nullable String unlike) implements Element {
        @Override
        public int size() {
            return Short.BYTES;
        }
    }

    /** A kept text, with its length in front. Only to send. */
    record UseText(String variable) implements Element {
        @Override
        public int size() {
            return -1;
        }
    }

    /**
     * A reason code and properties at the end of a packet, which may leave them out when they say nothing. Only to
     * expect.
     */
    record Reason(List<Integer> codes, PropertyList properties) implements Element {
        @Override
        public int size() {
            return -1;
        }
    }

    /** The remaining length; {@code forced} replaces the true one. */
    record Length(@Nullable Integer forced) implements Element {
        @Override
        public int size() {
            return -1;
        }
    }

    /** Here a send is cut into two segments or WebSocket frames. */
    record Cut() implements Element {
        @Override
        public int size() {
            return 0;
        }
    }

    /** Whatever follows. Only to expect. */
    record Rest() implements Element {
        @Override
        public int size() {
            return -1;
        }
    }

    private final String source;
    private final List<Element> elements;

    PacketPattern(String source, List<Element> elements) {
        this.source = source;
        this.elements = resolveLength(elements);
    }

    /** Lengths that are known before anything is kept become bytes. */
    private static List<Element> resolveLength(List<Element> elements) {
        List<Element> resolved = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (!(elements.get(i) instanceof Length(var forced))) {
                resolved.add(elements.get(i));
                continue;
            }
            List<Element> body = elements.subList(i + 1, elements.size());
            boolean open = body.stream().anyMatch(e -> e.size() < 0);
            if (forced == null && open) {
                resolved.add(elements.get(i));
            } else {
                int length = forced != null
                        ? forced
                        : body.stream().mapToInt(Element::size).sum();
                for (byte b : VariableByteInteger.encode(length)) {
                    resolved.add(new Literal(b & 0xFF));
                }
            }
        }
        return resolved;
    }

    /** The bytes to send, one entry for each segment. */
    List<byte[]> segments(Map<String, byte[]> kept) {
        List<byte[]> segments = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < elements.size(); i++) {
            switch (elements.get(i)) {
                case Length _ -> {
                    int length = elements.subList(i + 1, elements.size()).stream()
                            .mapToInt(e -> e instanceof Cut ? 0 : encode(e, kept).length)
                            .sum();
                    out.writeBytes(VariableByteInteger.encode(length));
                }
                case Cut() -> {
                    segments.add(out.toByteArray());
                    out.reset();
                }
                default -> out.writeBytes(encode(elements.get(i), kept));
            }
        }
        segments.add(out.toByteArray());
        return segments;
    }

    private byte[] encode(Element element, Map<String, byte[]> kept) {
        return switch (element) {
            case Literal(int value) -> new byte[] {(byte) value};
            case UseId(String variable) -> kept(kept, variable);
            case UseText(String variable) -> kept(kept, variable);
            case PropertyList list -> list.encode(kept);
            case OneOf _, TakeId _, Length _, Rest _, Reason _, Cut _ ->
                throw new IllegalArgumentException("send: " + source + " (expected: nothing left open)");
        };
    }

    /** Whether {@code packet} is this; what it keeps goes to {@code kept} only then. */
    boolean matches(byte[] packet, Map<String, byte[]> kept) {
        Map<String, byte[]> taken = new HashMap<>();
        int at = 0;
        for (Element element : elements) {
            int end = switch (element) {
                case Rest() -> packet.length;
                case Length _ -> at + varintSize(packet, at);
                case PropertyList list -> list.match(packet, at, kept, taken);
                case Reason reason -> reason(reason, packet, at, kept, taken);
                default ->
                    at + element.size() <= packet.length && fits(element, packet, at, kept, taken)
                            ? at + element.size()
                            : -1;
            };
            if (end < 0) {
                return false;
            }
            at = end;
        }
        if (at != packet.length) {
            return false;
        }
        kept.putAll(taken);
        return true;
    }

    private static int varintSize(byte[] packet, int at) {
        int size = 1;
        while (at + size < packet.length && packet[at + size - 1] < 0) {
            size++;
        }
        return size;
    }

    private static int reason(
            Reason reason, byte[] packet, int at, Map<String, byte[]> kept, Map<String, byte[]> taken) {
        int code = at < packet.length ? packet[at] & 0xFF : 0;
        if (!reason.codes.contains(code)) {
            return -1;
        }
        if (at + 1 < packet.length) {
            return reason.properties.match(packet, at + 1, kept, taken);
        }
        return reason.properties.match(new byte[] {0}, 0, kept, taken) < 0 ? -1 : packet.length;
    }

    private static boolean fits(
            Element element, byte[] packet, int at, Map<String, byte[]> kept, Map<String, byte[]> taken) {
        return switch (element) {
            case Literal(int value) -> value == (packet[at] & 0xFF);
            case OneOf(var values) -> values.isEmpty() || values.contains(packet[at] & 0xFF);
            case UseId(String variable) -> Arrays.equals(kept(kept, variable), id(packet, at));
            case TakeId(String variable, var unlike) -> {
                byte[] id = id(packet, at);
                taken.put(variable, id);
                yield !Arrays.equals(id, new byte[Short.BYTES])
                        && (unlike == null || !Arrays.equals(kept(kept, unlike), id));
            }
            case Cut _ -> true;
            case UseText _, Length _, Rest _, Reason _, PropertyList _ ->
                throw new IllegalArgumentException("expect: " + element + " (expected: bytes)");
        };
    }

    /** What a step kept as {@code variable}. */
    static byte[] kept(Map<String, byte[]> kept, String variable) {
        byte @Nullable [] value = kept.get(variable);
        if (value == null) {
            throw new IllegalArgumentException("variable: " + variable + " (expected: one that was kept before)");
        }
        return value;
    }

    private static byte[] id(byte[] bytes, int at) {
        return Arrays.copyOfRange(bytes, at, at + Short.BYTES);
    }

    /** The notation, with the bytes that are known. */
    @Override
    public String toString() {
        String bytes = elements.stream().limit(200).map(PacketPattern::show).collect(Collectors.joining(" "));
        return source + "  =  " + bytes + (elements.size() > 200 ? " and more" : "");
    }

    private static String show(Element element) {
        return switch (element) {
            case Literal(int value) -> String.format("%02X", value);
            case OneOf(var values) ->
                values.isEmpty()
                        ? "??"
                        : values.stream().map(v -> String.format("%02X", v)).collect(Collectors.joining("|"));
            case UseId(String variable) -> "p=" + variable;
            case TakeId(String variable, var unlike) -> "p>" + variable + (unlike == null ? "" : "!" + unlike);
            case UseText(String variable) -> "s=" + variable;
            case Reason(var codes, var properties) ->
                "reason( "
                        + codes.stream().map(c -> String.format("%02X", c)).collect(Collectors.joining("|"))
                        + " " + properties.show() + " )";
            case PropertyList list -> list.show();
            case Length _ -> "len";
            case Cut _ -> "|";
            case Rest _ -> "...";
        };
    }
}
