package dev.skein.node.conformance;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The properties of an MQTT 5 packet with their length in front. To expect, their order does not matter but for user
 * properties.
 *
 * @param items in their order
 * @param unwanted (expect) what must not be there
 * @param open (expect) others may be there too
 * @param forcedLength (send) the length that is declared in place of the true one
 */
record PropertyList(
        List<Item> items,
        Set<Mqtt5Property> unwanted,
        boolean open,
        @Nullable Integer forcedLength) implements PacketPattern.Element {

    /** One thing between the brackets. */
    sealed interface Item {
        /** A property with exactly this value, as it is on the wire. */
        final class Exact implements Item {
            private final Mqtt5Property property;
            private final byte[] value;

            Exact(Mqtt5Property property, byte[] value) {
                this.property = property;
                this.value = value;
            }
        }

        /** A property with a number in these bounds. Only to expect. */
        record Range(Mqtt5Property property, long from, long to) implements Item {}

        /** A property with any value, which is kept as {@code variable} if that is named. Only to expect. */
        record Any(Mqtt5Property property, @Nullable String variable) implements Item {}

        /** A property with the value that a step kept. */
        record Use(Mqtt5Property property, String variable) implements Item {}

        /** Bytes that need not be a property. Only to send. */
        final class Raw implements Item {
            private final byte[] bytes;

            Raw(byte[] bytes) {
                this.bytes = bytes;
            }
        }
    }

    private static final class Found {
        private final Mqtt5Property property;
        private final byte[] value;

        Found(Mqtt5Property property, byte[] value) {
            this.property = property;
            this.value = value;
        }
    }

    @Override
    public int size() {
        return -1;
    }

    /** The bytes to send. */
    byte[] encode(Map<String, byte[]> kept) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Item item : items) {
            switch (item) {
                case Item.Exact exact -> {
                    body.write(exact.property.id());
                    body.writeBytes(exact.value);
                }
                case Item.Use(var property, var variable) -> {
                    body.write(property.id());
                    body.writeBytes(PacketPattern.kept(kept, variable));
                }
                case Item.Raw raw -> body.writeBytes(raw.bytes);
                case Item.Range _, Item.Any _ ->
                    throw new IllegalArgumentException("send: " + show() + " (expected: nothing left open)");
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(VariableByteInteger.encode(forcedLength == null ? body.size() : forcedLength));
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    /** Where the properties that begin at {@code at} end; -1 when they are not these. */
    int match(byte[] packet, int at, Map<String, byte[]> kept, Map<String, byte[]> taken) {
        @Nullable List<Found> found = read(packet, at);
        if (found == null || found.stream().anyMatch(f -> unwanted.contains(f.property))) {
            return -1;
        }
        List<Item> users = items.stream().filter(PropertyList::isUser).toList();
        List<Found> foundUsers = found.stream().filter(PropertyList::isUser).toList();
        boolean anyUsers = open && users.isEmpty();
        if (!anyUsers && !inOrder(users, foundUsers)) {
            return -1;
        }
        List<Found> left = new ArrayList<>(found);
        left.removeAll(foundUsers);
        for (Item item : items) {
            if (!isUser(item) && !takeOne(item, left, kept, taken)) {
                return -1;
            }
        }
        return open || left.isEmpty() ? end(packet, at) : -1;
    }

    private static boolean isUser(Item item) {
        return item instanceof Item.Exact exact && exact.property == Mqtt5Property.USER;
    }

    private static boolean isUser(Found found) {
        return found.property == Mqtt5Property.USER;
    }

    private static boolean inOrder(List<Item> users, List<Found> found) {
        boolean same = users.size() == found.size();
        for (int i = 0; i < users.size() && same; i++) {
            same = users.get(i) instanceof Item.Exact exact && Arrays.equals(exact.value, found.get(i).value);
        }
        return same;
    }

    private static boolean takeOne(Item item, List<Found> left, Map<String, byte[]> kept, Map<String, byte[]> taken) {
        for (int i = 0; i < left.size(); i++) {
            Found found = left.get(i);
            if (fits(item, found, kept)) {
                left.remove(i);
                @Nullable String variable = item instanceof Item.Any any ? any.variable() : null;
                if (variable != null) {
                    taken.put(variable, found.value);
                }
                return true;
            }
        }
        return false;
    }

    private static boolean fits(Item item, Found found, Map<String, byte[]> kept) {
        return switch (item) {
            case Item.Exact exact -> exact.property == found.property && Arrays.equals(exact.value, found.value);
            case Item.Range(var property, var from, var to) ->
                property == found.property
                        && property.decode(found.value) >= from
                        && property.decode(found.value) <= to;
            case Item.Any any -> any.property() == found.property;
            case Item.Use(var property, var variable) ->
                property == found.property && Arrays.equals(PacketPattern.kept(kept, variable), found.value);
            case Item.Raw _ -> throw new IllegalArgumentException("expect: bytes (expected: names of properties)");
        };
    }

    /** The properties that begin at {@code at}; null when they are not well formed. */
    private static @Nullable List<Found> read(byte[] packet, int at) {
        int end = end(packet, at);
        if (end < 0) {
            return null;
        }
        List<Found> found = new ArrayList<>();
        int next = at + VariableByteInteger.size(packet, at, packet.length);
        while (next < end) {
            @Nullable Mqtt5Property property = Mqtt5Property.of(packet[next]);
            int size = property == null ? -1 : property.type().size(packet, next + 1, end);
            if (property == null || size < 0) {
                return null;
            }
            found.add(new Found(property, Arrays.copyOfRange(packet, next + 1, next + 1 + size)));
            next += 1 + size;
        }
        return found;
    }

    private static int end(byte[] packet, int at) {
        int size = VariableByteInteger.size(packet, at, packet.length);
        int end = size < 0 ? -1 : at + size + VariableByteInteger.decode(packet, at);
        return end <= packet.length ? end : -1;
    }

    /**
     * What is wrong with the properties that begin at {@code at} of a packet that a server sent; empty when nothing.
     */
    static String fault(byte[] packet, int at, int packetType) {
        @Nullable List<Found> found = read(packet, at);
        if (found == null) {
            return "properties that are not well formed";
        }
        Set<Mqtt5Property> once = EnumSet.noneOf(Mqtt5Property.class);
        for (Found each : found) {
            if (!each.property.isAllowedIn(packetType)) {
                return each.property.notation() + " in a packet that does not have it";
            }
            if (!once.add(each.property) && !each.property.mayRepeat()) {
                return each.property.notation() + " twice";
            }
        }
        return "";
    }

    /** The number that the first {@code property} holds of those that begin at {@code at}. */
    static long number(byte[] packet, int at, Mqtt5Property property, long otherwise) {
        return found(packet, at, property)
                .map(f -> property.decode(f.value))
                .findFirst()
                .orElse(otherwise);
    }

    /** Whether {@code property} is one of those that begin at {@code at}. */
    static boolean has(byte[] packet, int at, Mqtt5Property property) {
        return found(packet, at, property).findAny().isPresent();
    }

    private static Stream<Found> found(byte[] packet, int at, Mqtt5Property property) {
        @Nullable List<Found> found = at >= packet.length ? List.of() : read(packet, at);
        return found == null ? Stream.of() : found.stream().filter(f -> f.property == property);
    }

    /** Where the properties that begin at {@code at} end. */
    static int skip(byte[] packet, int at) {
        return end(packet, at);
    }

    String show() {
        return "props( "
                + items.stream().map(PropertyList::show).collect(Collectors.joining(" "))
                + unwanted.stream().map(p -> " !" + p.notation()).collect(Collectors.joining())
                + (open ? " ... )" : " )");
    }

    private static String show(Item item) {
        return switch (item) {
            case Item.Exact exact -> exact.property.show(exact.value);
            case Item.Range(var property, var from, var to) -> property.notation() + "=" + from + ".." + to;
            case Item.Any(var property, var variable) ->
                property.notation() + (variable == null ? "=?" : ">" + variable);
            case Item.Use(var property, var variable) -> property.notation() + "=" + variable;
            case Item.Raw raw -> HexFormat.ofDelimiter(" ").withUpperCase().formatHex(raw.bytes);
        };
    }
}
