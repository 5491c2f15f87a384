package dev.skein.node.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes {@link LinkMessage}s as they lie in memory. Manifests carry a version: a node reads those of the release
 * before its own too.
 */
public final class LinkSerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    private static final int IDENTIFIER = 25_520;
    private static final String SEGMENT = "s1";
    private static final String AWAITED_SEGMENT = "w1";
    private static final String ACKNOWLEDGED = "a1";
    private static final String BARRIER = "b1";
    private static final String HOLD = "h1";
    private static final int HEADER = 3 * Long.BYTES + Integer.BYTES;

    /** Made by Pekko. */
    public LinkSerializer() {}

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return switch ((LinkMessage) message) {
            case LinkMessage.Segment segment -> segment.awaited() ? AWAITED_SEGMENT : SEGMENT;
            case LinkMessage.Acknowledged _ -> ACKNOWLEDGED;
            case LinkMessage.Barrier _ -> BARRIER;
            case LinkMessage.Hold _ -> HOLD;
        };
    }

    @Override
    public void toBinary(Object message, ByteBuffer into) {
        LinkMessage link = (LinkMessage) message;
        ByteOrder before = into.order(); // the buffer is Pekko's, and Pekko's own fields are in its order
        into.order(ByteOrder.BIG_ENDIAN);
        into.putLong(link.from()).putLong(link.to()).putInt(link.stream());
        switch (link) {
            case LinkMessage.Hold hold -> {
                byte[] instance = hold.instance().getBytes(UTF_8);
                into.putLong(hold.level()).putInt(instance.length).put(instance);
                into.put(hold.topic().getBytes(UTF_8));
            }
            case LinkMessage.Segment segment -> into.putLong(segment.sequence()).put(segment.bytes());
            case LinkMessage.Acknowledged acknowledged -> into.putLong(acknowledged.sequence());
            case LinkMessage.Barrier barrier ->
                into.putLong(barrier.sequence())
                        .put((byte) (barrier.stored() ? 1 : 0))
                        .put(names(barrier.routers()));
        }
        into.order(before);
    }

    @Override
    public byte[] toBinary(Object message) {
        int body = switch ((LinkMessage) message) {
            case LinkMessage.Segment segment -> segment.bytes().length;
            case LinkMessage.Barrier barrier -> Byte.BYTES + names(barrier.routers()).length;
            case LinkMessage.Acknowledged _ -> 0;
            case LinkMessage.Hold hold -> Integer.BYTES + (hold.instance() + hold.topic()).getBytes(UTF_8).length;
        };
        ByteBuffer buffer = ByteBuffer.allocate(HEADER + body);
        toBinary(message, buffer);
        return buffer.array();
    }

    /** Each with a zero byte behind it, which no name has. */
    private static byte[] names(List<String> names) {
        return names.stream()
                .map(each -> each + '\0')
                .collect(Collectors.joining())
                .getBytes(UTF_8);
    }

    private static List<String> names(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        String all = new String(bytes, UTF_8);
        return all.isEmpty() ? List.of() : List.of(all.split("\0"));
    }

    @Override
    public Object fromBinary(ByteBuffer from, String manifest) throws NotSerializableException {
        ByteOrder before = from.order();
        try {
            return read(from.order(ByteOrder.BIG_ENDIAN), manifest);
        } catch (BufferUnderflowException e) {
            throw new NotSerializableException("link message " + manifest + ": ends too early (expected: all of it)");
        } finally {
            from.order(before);
        }
    }

    private static LinkMessage read(ByteBuffer from, String manifest) throws NotSerializableException {
        if (from.remaining() < HEADER) {
            throw new NotSerializableException(
                    "link message: " + from.remaining() + " bytes (expected: " + HEADER + " at the least)");
        }
        long sender = from.getLong();
        long receiver = from.getLong();
        int stream = from.getInt();
        long sequence = from.getLong();
        return switch (manifest) {
            case SEGMENT, AWAITED_SEGMENT -> {
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                yield new LinkMessage.Segment(
                        sender, receiver, stream, sequence, bytes, manifest.equals(AWAITED_SEGMENT));
            }
            case HOLD -> {
                String instance = text(from, from.getInt());
                yield new LinkMessage.Hold(
                        sender, receiver, stream, instance, text(from, from.remaining()), (int) sequence);
            }
            case ACKNOWLEDGED -> new LinkMessage.Acknowledged(sender, receiver, stream, sequence);
            case BARRIER -> new LinkMessage.Barrier(sender, receiver, stream, sequence, from.get() != 0, names(from));
            default ->
                throw new NotSerializableException("link manifest: " + manifest + " (expected: " + SEGMENT + ", "
                        + AWAITED_SEGMENT + ", " + ACKNOWLEDGED + ", " + BARRIER + " or " + HOLD + ")");
        };
    }

    private static String text(ByteBuffer from, int length) throws NotSerializableException {
        if (length < 0 || length > from.remaining()) {
            throw new NotSerializableException(
                    "link text: " + length + " bytes (expected: 0.." + from.remaining() + ")");
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return new String(bytes, UTF_8);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }
}
