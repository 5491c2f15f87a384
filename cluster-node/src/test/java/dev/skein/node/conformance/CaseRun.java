package dev.skein.node.conformance;

import dev.skein.node.conformance.WireConnection.Received;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run of one case against one broker. Confined to its thread. */
final class CaseRun implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMillis(Integer.getInteger("skein.test.deadlineMs", 10_000));
    private static final Pattern REPEAT = Pattern.compile("(\\w+) repeat (\\d+) (.+)");
    private static final int TRANSCRIPT_LINES = 60;

    private final BrokerUnderTest broker;
    private final Macros macros;
    private final String title;
    private final String unique;
    private final Map<String, WireConnection> connections = new LinkedHashMap<>();
    private final Map<String, byte[]> kept = new HashMap<>();
    /** Connection name to what the CONNECT that we sent first asks for; empty when it is none of MQTT 5. */
    private final Map<String, Optional<Mqtt5Limits>> limits = new HashMap<>();

    private final List<String> transcript = new ArrayList<>();

    /** Prepares a run; {@code unique} replaces <code>{u}</code>. */
    CaseRun(BrokerUnderTest broker, Macros macros, String title, String unique) {
        this.title = title;
        this.broker = broker;
        this.macros = macros;
        this.unique = unique;
    }

    /** Takes every step. @throws AssertionError with the transcript when one does not hold */
    void run(List<String> steps) {
        for (String step : steps) {
            for (String line : macros.expandStep(step)) {
                String plain = line.replace("{u}", unique);
                Matcher repeat = REPEAT.matcher(plain);
                if (repeat.matches()) {
                    for (int i = 1; i <= Integer.parseInt(repeat.group(2)); i++) {
                        String repeated =
                                repeat.group(1) + " " + repeat.group(3).replace("{i}", "" + i);
                        macros.expandStep(repeated).forEach(this::take);
                    }
                } else {
                    take(plain);
                }
            }
        }
    }

    /** Whether {@code step} is one that a run can take; nothing is sent. @throws IllegalArgumentException if not */
    static boolean isReadable(String step, Macros macros) {
        String[] words = step.split(" ", 3);
        String rest = words.length < 3 ? "" : words[2];
        switch (words[1]) {
            case "send", "trickle", "together", "fragment", "expect", "find", "await" ->
                Notation.packets(macros.expandPackets(rest));
            case "unordered", "either", "await-without" -> {
                for (String alternative : rest.split(" / ", -1)) {
                    if (!"closed".equals(alternative)) {
                        Notation.packets(macros.expandPackets(alternative));
                    }
                }
            }
            case "repeat" -> {
                String repeated =
                        words[0] + " " + rest.substring(rest.indexOf(' ') + 1).replace("{i}", "1");
                macros.expandStep(repeated).forEach(plain -> isReadable(plain, macros));
            }
            case "open", "text", "ping", "quiet", "silent", "closed", "finish", "reset", "scram" -> {}
            default -> throw new IllegalArgumentException("verb: " + step);
        }
        return true;
    }

    private void take(String step) {
        String[] words = step.split(" ", 3);
        if (words.length < 2) {
            throw new IllegalArgumentException("step: " + step + " (expected: connection verb ...)");
        }
        String rest = words.length < 3 ? "" : words[2];
        note("* " + step);
        try {
            take(words[0], words[1], rest);
        } catch (IOException | IllegalArgumentException e) {
            throw new AssertionError(failure(step, e.toString()), e);
        }
    }

    private void take(String name, String verb, String rest) throws IOException {
        switch (verb) {
            case "open" -> open(name, rest);
            case "send" -> packets(rest).forEach(packet -> send(name, packet));
            case "together" -> connection(name).send(together(name, rest));
            case "fragment" -> webSocket(name).fragments(together(name, rest));
            case "ping" -> webSocket(name).ping();
            case "trickle" -> packets(rest).forEach(packet -> trickle(name, packet));
            case "text" -> webSocket(name).frame(WebSocketConnection.TEXT, rest.getBytes(StandardCharsets.UTF_8));
            case "expect" -> packets(rest).forEach(packet -> expect(name, packet));
            case "unordered" -> unordered(name, rest);
            case "either" -> either(name, rest);
            case "find" -> packets(rest).forEach(packet -> find(name, packet));
            case "await" -> await(name, packets(rest).getFirst(), List.of());
            case "await-without" -> awaitWithout(name, rest.split(" / ", 2));
            case "quiet" -> quiet(name);
            case "scram" -> scram(rest.split(" ", -1));
            case "silent" -> silent(name, Duration.ofMillis(Long.parseLong(rest)));
            case "closed" -> closed(name, rest);
            case "finish" -> connection(name).finish();
            case "reset" -> connection(name).reset();
            default -> throw new IllegalArgumentException("verb: " + verb);
        }
    }

    private List<PacketPattern> packets(String notation) {
        return Notation.packets(macros.expandPackets(notation));
    }

    private WireConnection connection(String name) {
        @Nullable WireConnection connection = connections.get(name);
        if (connection == null) {
            throw new IllegalArgumentException("connection: " + name + " (expected: an open one)");
        }
        return connection;
    }

    private WebSocketConnection webSocket(String name) {
        return (WebSocketConnection) connection(name);
    }

    private void open(String name, String rest) throws IOException {
        limits.remove(name);
        if (connections.containsKey(name)) {
            connections.remove(name).close();
        }
        if (rest.isEmpty()) {
            connections.put(name, new WireConnection(broker.host(), broker.mqttPort()));
            return;
        }
        WebSocketOptions options = WebSocketOptions.parse(rest.substring("ws".length()));
        WebSocketConnection connection =
                new WebSocketConnection(broker.host(), broker.wsPort(), options.path(), options.offer());
        connections.put(name, connection);
        if (!options.agree(connection)) {
            throw new AssertionError(
                    failure("open " + rest, connection.status() + ", subprotocol " + connection.selected()));
        }
    }

    private void send(String name, PacketPattern packet) {
        for (byte[] segment : segments(name, packet)) {
            note(name + " > " + hex(segment));
            connection(name).send(segment);
        }
    }

    private byte[] together(String name, String rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        packets(rest).forEach(packet -> segments(name, packet).forEach(out::writeBytes));
        note(name + " > " + hex(out.toByteArray()));
        return out.toByteArray();
    }

    private void trickle(String name, PacketPattern packet) {
        for (byte[] segment : segments(name, packet)) {
            note(name + " > " + hex(segment) + " byte by byte");
            for (byte b : segment) {
                connection(name).send(new byte[] {b});
            }
        }
    }

    private List<byte[]> segments(String name, PacketPattern packet) {
        List<byte[]> segments = packet.segments(kept);
        if (!limits.containsKey(name)) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            segments.forEach(whole::writeBytes);
            limits.put(name, Optional.ofNullable(Mqtt5Limits.of(whole.toByteArray())));
        }
        return segments;
    }

    private void expect(String name, PacketPattern packet) {
        Received received = receive(name);
        if (!(received instanceof Received.Packet p && packet.matches(p.bytes(), kept))) {
            throw new AssertionError(failure(packet.toString(), show(received)));
        }
    }

    /** Passes over other packets until {@code packet} comes; none of {@code unwanted} may. */
    private void await(String name, PacketPattern packet, List<PacketPattern> unwanted) {
        while (true) {
            Received received = connection(name).receive(DEADLINE);
            checkForm(name, received);
            if (!(received instanceof Received.Packet p)
                    || unwanted.stream().anyMatch(u -> u.matches(p.bytes(), kept))) {
                throw new AssertionError(failure(packet.toString(), show(received)));
            }
            if (packet.matches(p.bytes(), kept)) {
                return;
            }
        }
    }

    private void awaitWithout(String name, String[] alternatives) {
        await(name, packets(alternatives[0]).getFirst(), packets(alternatives[1]));
    }

    /** Like {@code expect}, but packets that come before it are kept for later steps, in their order. */
    private void find(String name, PacketPattern packet) {
        List<Received.Packet> passed = new ArrayList<>();
        Received received = receive(name);
        while (!(received instanceof Received.Packet p && packet.matches(p.bytes(), kept))) {
            if (!(received instanceof Received.Packet other)) {
                throw new AssertionError(failure(packet.toString(), show(received)));
            }
            passed.add(other);
            received = receive(name);
        }
        connection(name).putBack(passed);
    }

    private void unordered(String name, String rest) {
        List<PacketPattern> open = new ArrayList<>();
        for (String alternative : rest.split(" / ", -1)) {
            open.addAll(packets(alternative));
        }
        while (!open.isEmpty()) {
            Received received = receive(name);
            boolean found = false;
            for (int i = 0; i < open.size() && !found; i++) {
                if (received instanceof Received.Packet p && open.get(i).matches(p.bytes(), kept)) {
                    open.remove(i);
                    found = true;
                }
            }
            if (!found) {
                throw new AssertionError(failure("one of " + open, show(received)));
            }
        }
    }

    private void either(String name, String rest) {
        Received received = receive(name);
        for (String alternative : rest.split(" / ", -1)) {
            boolean holds = switch (received) {
                case Received.Packet p ->
                    !"closed".equals(alternative)
                            && packets(alternative).getFirst().matches(p.bytes(), kept);
                case Received.Closed _ -> "closed".equals(alternative);
                case Received.Nothing _ -> false;
            };
            if (holds) {
                return;
            }
        }
        throw new AssertionError(failure("either " + rest, show(received)));
    }

    /** A round trip proves that nothing else is on its way on this connection. */
    private void quiet(String name) {
        packets("C0 00").forEach(packet -> send(name, packet));
        packets("D0 00").forEach(packet -> expect(name, packet));
    }

    /** From the server's first message, ours and a password: keeps our last message, and the one that we expect. */
    private void scram(String[] words) {
        byte[] first = PacketPattern.kept(kept, words[0]);
        String serverFirst = new String(first, Short.BYTES, first.length - Short.BYTES, StandardCharsets.UTF_8);
        ScramClient client = new ScramClient(words[2], words[1], serverFirst);
        try {
            kept.put("final", prefixed(client.clientFinal()));
            kept.put("verifier", prefixed(client.serverFinal()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] prefixed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + bytes.length)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    /** Waits for real, only where the clause is about time. */
    private void silent(String name, Duration time) {
        Received received = connection(name).receive(time);
        if (!(received instanceof Received.Nothing)) {
            throw new AssertionError(failure("nothing for " + time, show(received)));
        }
    }

    /**
     * Expects the broker to close; {@code rest} may hold the earliest time since we last sent, and the latest from now.
     */
    private void closed(String name, String rest) {
        String[] bounds = rest.isEmpty() ? new String[] {"0", "" + DEADLINE.toMillis()} : rest.split(" ", 2);
        Received received = connection(name).receive(Duration.ofMillis(Long.parseLong(bounds[1])));
        long took = connection(name).silence().toMillis();
        note(name + " < " + show(received));
        if (!(received instanceof Received.Closed(int left)) || left > 0) {
            throw new AssertionError(failure("closed", show(received)));
        }
        if (took < Long.parseLong(bounds[0])) {
            throw new AssertionError(failure("closed after " + bounds[0] + " ms", "closed after " + took + " ms"));
        }
    }

    private Received receive(String name) {
        Received received = connection(name).receive(DEADLINE);
        note(name + " < " + show(received));
        checkForm(name, received);
        return received;
    }

    /** The version of a connection says which form its packets have. */
    private void checkForm(String name, Received received) {
        Optional<Mqtt5Limits> asked = limits.getOrDefault(name, Optional.empty());
        if (received instanceof Received.Packet p && asked.isPresent()) {
            String fault = asked.get().fault(p.bytes());
            if (!fault.isEmpty()) {
                throw new AssertionError(failure("a packet in the form of MQTT 5", show(received) + ": " + fault));
            }
        }
    }

    private void note(String line) {
        transcript.add(line);
    }

    private String failure(String expected, String actual) {
        List<String> tail = transcript.subList(Math.max(0, transcript.size() - TRANSCRIPT_LINES), transcript.size());
        return title + "\nwas: " + actual + " (expected: " + expected + ")\n" + String.join("\n", tail);
    }

    private static String show(Received received) {
        return switch (received) {
            case Received.Packet packet -> hex(packet.bytes());
            case Received.Closed(int left) -> left == 0 ? "closed" : "closed within a packet, after " + left + " bytes";
            case Received.Nothing _ -> "nothing in time";
        };
    }

    private static String hex(byte[] bytes) {
        int shown = Math.min(bytes.length, 100);
        String text = HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes, 0, shown);
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < shown; i++) {
            ascii.append(bytes[i] >= 0x20 && bytes[i] < 0x7F ? (char) bytes[i] : '.');
        }
        return text + "  " + ascii + (shown < bytes.length ? " ... " + bytes.length + " bytes" : "");
    }

    @Override
    public void close() {
        for (WireConnection connection : connections.values()) {
            try {
                connection.close();
            } catch (IOException e) {
                // Gone already.
            }
        }
    }
}
