package dev.skein.node.conformance;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One control packet in the byte notation, to send or to compare a received packet with. Variables hold packet
 * identifiers that one step captured and another uses.
 */
final class PacketPattern {
    /** One piece of a packet. */
    sealed interface Element {
        /** Bytes on the wire; -1 when that is not known. */
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

    private static List<Element> resolveLength(List<Element> elements) {
        List<Element> resolved = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (!(elements.get(i) instanceof Length(var forced))) {
                resolved.add(elements.get(i));
                continue;
            }
            List<Element> body = elements.subList(i + 1, elements.size());
            boolean open = body.stream().anyMatch(e -> e instanceof Rest);
            if (forced == null && open) {
                resolved.add(elements.get(i));
            } else {
                int length = forced != null
                        ? forced
                        : body.stream().mapToInt(Element::size).sum();
                varint(length).forEach(b -> resolved.add(new Literal(b)));
            }
        }
        return resolved;
    }

    private static List<Integer> varint(int length) {
        List<Integer> bytes = new ArrayList<>();
        int left = length;
        do {
            int low = left % 128;
            left /= 128;
            bytes.add(left > 0 ? low | 0x80 : low);
        } while (left > 0);
        return bytes;
    }

    /** The bytes to send, one entry for each segment. */
    List<byte[]> segments(Map<String, Integer> ids) {
        List<byte[]> segments = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Element element : elements) {
            switch (element) {
                case Literal(int value) -> out.write(value);
                case UseId(String variable) -> writeShort(out, id(ids, variable));
                case Cut() -> {
                    segments.add(out.toByteArray());
                    out.reset();
                }
                case OneOf _, TakeId _, Length _, Rest _ ->
                    throw new IllegalArgumentException("send: " + source + " (expected: nothing left open)");
            }
        }
        segments.add(out.toByteArray());
        return segments;
    }

    /** Whether {@code packet} is this; captured identifiers go to {@code ids} only then. */
    boolean matches(byte[] packet, Map<String, Integer> ids) {
        Map<String, Integer> taken = new HashMap<>();
        int at = 0;
        for (Element element : elements) {
            switch (element) {
                case Rest() -> at = packet.length;
                case Length _ -> at += varintSize(packet, at);
                default -> {
                    if (at + element.size() > packet.length || !fits(element, packet, at, ids, taken)) {
                        return false;
                    }
                    at += element.size();
                }
            }
        }
        if (at != packet.length) {
            return false;
        }
        ids.putAll(taken);
        return true;
    }

    private static int varintSize(byte[] packet, int at) {
        int size = 1;
        while (at + size < packet.length && packet[at + size - 1] < 0) {
            size++;
        }
        return size;
    }

    private static boolean fits(
            Element element, byte[] packet, int at, Map<String, Integer> ids, Map<String, Integer> taken) {
        return switch (element) {
            case Literal(int value) -> value == (packet[at] & 0xFF);
            case OneOf(var values) -> values.isEmpty() || values.contains(packet[at] & 0xFF);
            case UseId(String variable) -> id(ids, variable) == readShort(packet, at);
            case TakeId(String variable, var unlike) -> {
                int id = readShort(packet, at);
                taken.put(variable, id);
                yield id != 0 && (unlike == null || id(ids, unlike) != id);
            }
            case Length _, Cut _, Rest _ -> true;
        };
    }

    private static int id(Map<String, Integer> ids, String variable) {
        @Nullable Integer id = ids.get(variable);
        if (id == null) {
            throw new IllegalArgumentException("packet identifier: " + variable + " (expected: one captured before)");
        }
        return id;
    }

    private static int readShort(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }

    private static void writeShort(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value & 0xFF);
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
            case Length _ -> "len";
            case Cut _ -> "|";
            case Rest _ -> "...";
        };
    }
}
