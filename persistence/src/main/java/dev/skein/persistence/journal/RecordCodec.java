package dev.skein.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record: length of the body (4 bytes), checksum (4), number (8), type (1), body. Numbers are
 * big-endian. The checksum is CRC32C over everything else, with the salt of the segment: a payload that looks like a
 * record is none. Pure; any thread.
 */
final class RecordCodec {
    /** Bytes in front of the body. */
    static final int HEADER = 17;

    /** Longest body: a message of the largest MQTT packet with very many receivers. */
    static final int BODY_MAX = 1 << 30;

    static final byte GROUP = 1;
    private static final byte APPEND = 2;
    private static final byte ACKNOWLEDGE = 3;
    private static final byte SENT = 4;
    private static final byte RECEIVED = 5;
    private static final byte COMPLETED = 6;
    private static final byte RELEASED = 7;
    private static final byte DISCARD = 8;

    private static final int CHECKSUM_AT = Integer.BYTES;
    private static final int CHECKED_FROM = 2 * Integer.BYTES;
    private static final int MARKED = 1;
    private static final int WITH_PROPERTIES = 2;
    private static final int QOS = 3;
    private static final int RETAIN = 4;

    private RecordCodec() {}

    /** A record in memory: its number, and the place of its body in the buffer that it was read from. */
    record Framed(long number, byte type, ByteBuffer body) {}

    // writing

    /** Adds the beginning of a group. */
    static void group(RecordBuffer to, long number, long stored) {
        int start = to.begin(number, GROUP);
        to.putLong(stored);
        to.end(start);
    }

    /** Adds a message. */
    static void append(RecordBuffer to, long number, long sequence, StoreCommand.Append append) {
        int start = to.begin(number, APPEND);
        to.putLong(sequence);
        InboundMark mark = append.mark() instanceof InboundMark inbound ? inbound : null;
        Properties properties = append.content().properties();
        to.putByte((mark == null ? 0 : MARKED) | (properties == null ? 0 : WITH_PROPERTIES));
        if (mark != null) {
            to.putLong(mark.sessionId());
            to.putInt(mark.packetId());
        }
        List<Receiver> receivers = append.receivers();
        to.putInt(receivers.size());
        for (int i = 0; i < receivers.size(); i++) {
            Receiver receiver = receivers.get(i);
            to.putLong(receiver.sessionId());
            to.putByte(receiver.qos() | (receiver.retain() ? RETAIN : 0));
        }
        to.putText(append.instance());
        to.putText(append.topic());
        to.putBytes(append.origin().utf8());
        if (properties != null) {
            to.putBytes(properties.encoded());
            to.putLong(properties.expiresAt());
        }
        to.putBytes(append.content().payload());
        to.end(start);
    }

    /** Adds one of the other commands; {@code position} counts for {@link StoreCommand.Received} alone. */
    static void step(RecordBuffer to, long number, StoreCommand command, long position) {
        switch (command) {
            case StoreCommand.Acknowledge(var session, var id) -> {
                int start = message(to, number, ACKNOWLEDGE, session, id);
                to.end(start);
            }
            case StoreCommand.Sent(var session, var id, var packetId, var _) -> {
                int start = message(to, number, SENT, session, id);
                to.putInt(packetId);
                to.end(start);
            }
            case StoreCommand.Received(var session, var id, var packetId, var _) -> {
                int start = message(to, number, RECEIVED, session, id);
                to.putInt(packetId);
                to.putLong(position);
                to.end(start);
            }
            case StoreCommand.Completed(var session, var packetId, var _) ->
                packet(to, number, COMPLETED, session, packetId);
            case StoreCommand.InboundReleased(var session, var packetId, var _) ->
                packet(to, number, RELEASED, session, packetId);
            case StoreCommand.Append _, StoreCommand.Barrier _ ->
                throw new IllegalArgumentException("command: " + command + " (expected: a step)");
        }
    }

    private static int message(RecordBuffer to, long number, byte type, long sessionId, MessageId id) {
        int start = to.begin(number, type);
        to.putLong(sessionId);
        to.putLong(id.sequence());
        to.putLong(id.writer());
        return start;
    }

    private static void packet(RecordBuffer to, long number, byte type, long sessionId, int packetId) {
        int start = to.begin(number, type);
        to.putLong(sessionId);
        to.putInt(packetId);
        to.end(start);
    }

    /** Adds the end of a session. */
    static void discard(RecordBuffer to, long number, long sessionId) {
        int start = to.begin(number, DISCARD);
        to.putLong(sessionId);
        to.end(start);
    }

    /** The checksum of the record of {@code length} bytes at {@code start}. */
    static int checksum(byte[] bytes, int start, int length, int salt) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start + CHECKED_FROM, length - CHECKED_FROM);
        crc.update(bytes, start, CHECKSUM_AT);
        return (int) crc.getValue() ^ salt;
    }

    // reading

    /** Length of the record that begins at the position of {@code from}, or -1 when none can begin with these bytes. */
    static int length(ByteBuffer from) {
        if (from.remaining() < HEADER) {
            return -1;
        }
        int body = from.getInt(from.position());
        byte type = from.get(from.position() + HEADER - 1);
        return body < 0 || body > BODY_MAX || type < GROUP || type > DISCARD ? -1 : HEADER + body;
    }

    /**
     * Takes a record whose {@link #length} is there.
     *
     * @param from backed by an array
     * @return null when its checksum is wrong; the position stays then
     */
    static @Nullable Framed take(ByteBuffer from, int length, int salt) {
        int at = from.position();
        if (from.getInt(at + CHECKSUM_AT) != checksum(from.array(), from.arrayOffset() + at, length, salt)) {
            return null;
        }
        return own(from);
    }

    /** Takes a record that is whole: one that this process has just put together, or one that was checked. */
    static Framed own(ByteBuffer from) {
        int at = from.position();
        int length = HEADER + from.getInt(at);
        ByteBuffer body = from.slice(at + HEADER, length - HEADER);
        from.position(at + length);
        return new Framed(from.getLong(at + CHECKED_FROM), from.get(at + HEADER - 1), body);
    }

    /**
     * What a record says.
     *
     * @throws IllegalStateException when its body is not what its type says, though its checksum is right
     */
    static Change change(Framed record) {
        ByteBuffer body = record.body().duplicate();
        try {
            return switch (record.type()) {
                case GROUP -> new Change.Group(body.getLong());
                case APPEND -> readAppend(body);
                case ACKNOWLEDGE -> new Change.Acknowledge(body.getLong(), id(body));
                case SENT -> new Change.Sent(body.getLong(), id(body), body.getInt());
                case RECEIVED -> new Change.Received(body.getLong(), id(body), body.getInt(), body.getLong());
                case COMPLETED -> new Change.Completed(body.getLong(), body.getInt());
                case RELEASED -> new Change.Released(body.getLong(), body.getInt());
                case DISCARD -> new Change.Discard(body.getLong());
                default -> throw new IllegalStateException("record: type " + record.type());
            };
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IllegalStateException("record: " + record.number() + " is not what its type says", e);
        }
    }

    private static MessageId id(ByteBuffer body) {
        long sequence = body.getLong();
        return new MessageId(sequence, body.getLong());
    }

    private static Change.Append readAppend(ByteBuffer body) {
        long sequence = body.getLong();
        byte flags = body.get();
        InboundMark mark = (flags & MARKED) == 0 ? null : new InboundMark(body.getLong(), body.getInt());
        int count = body.getInt();
        if (count == 1) {
            return new Change.Append(sequence, mark, List.of(receiver(body)));
        }
        List<Receiver> receivers = new ArrayList<>(Math.min(count, body.remaining()));
        for (int i = 0; i < count; i++) {
            receivers.add(receiver(body));
        }
        return new Change.Append(sequence, mark, receivers);
    }

    private static Receiver receiver(ByteBuffer body) {
        long session = body.getLong();
        byte flags = body.get();
        return new Receiver(session, flags & QOS, (flags & RETAIN) != 0);
    }

    /** The message of a record that {@link #change} reads as an append. */
    static Body body(Framed record) {
        ByteBuffer body = record.body().duplicate();
        try {
            int at = Long.BYTES;
            byte flags = body.get(at);
            at += 1 + ((flags & MARKED) == 0 ? 0 : Long.BYTES + Integer.BYTES);
            at += Integer.BYTES + body.getInt(at) * (Long.BYTES + 1);
            body.position(at);
            String instance = new String(bytes(body), UTF_8);
            String topic = new String(bytes(body), UTF_8);
            Origin origin = Origin.of(bytes(body));
            Properties properties = (flags & WITH_PROPERTIES) == 0 ? null : Properties.of(bytes(body), body.getLong());
            return new Body(instance, topic, new Content(bytes(body), properties), origin);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalStateException("record: " + record.number() + " is no message", e);
        }
    }

    private static byte[] bytes(ByteBuffer body) {
        int length = body.getInt();
        if (length < 0 || length > body.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }
}
