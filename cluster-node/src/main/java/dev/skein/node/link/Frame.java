package dev.skein.node.link;

import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One message on a link, and for whom it is. Layout, big-endian: kind (1), length of the rest (4), sequence (8), writer
 * (8), flags (1: QoS in bits 0-1, RETAIN in bit 2, once in bit 3, more in bit 4), instance (1 length + UTF-8), count of
 * targets (4), each target (8 id + 1 flags), with more: {@link #writeMore}, topic (2 length + UTF-8, as in PUBLISH),
 * payload (the rest).
 *
 * <p>Nodes of the first version cannot read a frame with more, those of the second none of the kind SHARED, those of
 * the third answer no ticket; {@link #VERSION} tells them apart.
 */
public final class Frame {
    /** Bytes before the rest. */
    static final int PREFIX = 1 + Integer.BYTES;

    /** Bytes of the rest, at the most: the largest MQTT packet, and a target for each of a million sessions. */
    private static final int REST_MAX = (256 + 16) * 1024 * 1024;

    private static final int TARGET = Long.BYTES + 1;

    private static final int QOS_MASK = 3;
    private static final int RETAIN = 4;
    private static final int ONCE = 8;
    private static final int MORE = 16;

    /**
     * Of the frames that this node writes. The first had no origin, properties and expiry, the second none SHARED, the
     * third none TAKEN.
     */
    public static final int VERSION = 4;

    private Frame() {}

    /** Whether a node that reads frames of {@code version} reads origin, properties and expiry. */
    public static boolean readsMore(int version) {
        return version > 1;
    }

    /** Whether a node that reads frames of {@code version} reads those of the kind SHARED. */
    public static boolean readsShared(int version) {
        return version > 2;
    }

    /** Whether a node that reads frames of {@code version} answers the ticket of a SHARED frame with TAKEN. */
    public static boolean answersTickets(int version) {
        return version > 3;
    }

    /** For whom a frame is. */
    public enum Kind {
        /** For the live connections of the node that subscribed the topic; no targets. */
        LIVE(1),
        /** For connections of the persistent sessions in the targets: the message is in the store. */
        STORED(2),
        /** For connections of the persistent sessions in the targets; the message is not in the store. */
        SESSION(3),
        /** For the connections in the targets. */
        CONNECTION(4),
        /**
         * For connections of the persistent sessions in the targets, or of all when there are none: something is in the
         * store that was not pushed. No message.
         */
        LOOK_AGAIN(5),
        /**
         * Answer to {@link LinkMessage.Barrier}: everything before it on the stream was sent before the sending loop
         * passed. The header has the last identity that the loop had given. No message.
         */
        PASSED(6),
        /**
         * For one live connection of the node that is a member of the shared subscription in the header; no targets.
         */
        SHARED(7),
        /**
         * Members of shared subscriptions have taken the messages whose tickets are the targets; the header has the
         * event loop that keeps them as its sequence. No message.
         */
        TAKEN(8);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Its number on the wire. */
        public int code() {
            return code;
        }

        private boolean hasMessage() {
            return this != LOOK_AGAIN && this != PASSED && this != TAKEN;
        }

        private static Kind of(int code) {
            return switch (code) {
                case 1 -> LIVE;
                case 2 -> STORED;
                case 3 -> SESSION;
                case 4 -> CONNECTION;
                case 5 -> LOOK_AGAIN;
                case 6 -> PASSED;
                case 7 -> SHARED;
                case 8 -> TAKEN;
                default -> throw new IllegalArgumentException("frame kind: " + code + " (expected: 1..8)");
            };
        }
    }

    /**
     * What a frame says of the message.
     *
     * @param once whether the message may come in another frame once more, then to be dropped
     * @param origin null when it is not told, as to and from nodes of the first version; then there are no properties
     * @param properties null when there are none
     * @param share filter of a shared subscription, of {@link Kind#SHARED} alone; null for others
     * @param ticket of {@link Kind#SHARED}: what {@link Kind#TAKEN} is to say when a member has taken it; 0 for none
     */
    public record Header(
            long sequence,
            long writer,
            int qos,
            boolean retain,
            boolean once,
            @Nullable Origin origin,
            @Nullable Properties properties,
            @Nullable String share,
            long ticket) {
        /** One that says no more. */
        public Header(long sequence, long writer, int qos, boolean retain, boolean once) {
            this(sequence, writer, qos, retain, once, null, null, null, 0);
        }

        private byte flags() {
            return (byte) (Frame.flags(qos, retain) | (once ? ONCE : 0) | (origin == null ? 0 : MORE));
        }
    }

    /** Session or connection ids with the QoS and RETAIN flag of each delivery. */
    public static final class Targets {
        /** None. */
        public static final Targets NONE = new Targets(new long[0], new byte[0]);

        private final long[] ids;
        private final byte[] flags;

        /** Keeps both arrays, which have one length. */
        public Targets(long[] ids, byte[] flags) {
            this.ids = ids;
            this.flags = flags;
        }

        /** One. */
        public static Targets of(long id, int qos, boolean retain) {
            return new Targets(new long[] {id}, new byte[] {Frame.flags(qos, retain)});
        }

        /** How many. */
        public int size() {
            return ids.length;
        }

        /** Id of target {@code i}. */
        public long id(int i) {
            return ids[i];
        }

        /** QoS of target {@code i}. */
        public int qos(int i) {
            return flags[i] & QOS_MASK;
        }

        /** RETAIN flag of target {@code i}. */
        public boolean retain(int i) {
            return (flags[i] & RETAIN) != 0;
        }
    }

    /**
     * Remembers the last instance and the last origin read: mostly the next frame is of the same. Confined to its
     * stream.
     */
    static final class Recent {
        private byte[] instanceBytes = new byte[0];
        private String instance = "";
        private Origin origin = Origin.UNKNOWN;

        private String readInstance(ByteBuf from) {
            int length = from.readUnsignedByte();
            int at = from.readerIndex();
            from.skipBytes(length);
            if (!isSame(instanceBytes, from, at, length)) {
                instanceBytes = new byte[length];
                from.getBytes(at, instanceBytes);
                instance = new String(instanceBytes, StandardCharsets.UTF_8);
            }
            return instance;
        }

        private Origin readOrigin(ByteBuf from) {
            int length = from.readUnsignedShort();
            int at = from.readerIndex();
            from.skipBytes(length);
            if (!isSame(origin.utf8(), from, at, length)) {
                byte[] utf8 = new byte[length];
                from.getBytes(at, utf8);
                origin = Origin.of(utf8);
            }
            return origin;
        }

        private static boolean isSame(byte[] bytes, ByteBuf from, int at, int length) {
            if (length != bytes.length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (from.getByte(at + i) != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Takes frames in. */
    public interface Receiver {
        /**
         * One frame. {@code rest} stands at the topic's two bytes of length, and ends with the payload; it is valid
         * during the call only.
         */
        void frame(Kind kind, Header header, String instance, Targets targets, ByteBuf rest);
    }

    /** QoS and RETAIN flag in one byte. */
    public static byte flags(int qos, boolean retain) {
        return (byte) (qos | (retain ? RETAIN : 0));
    }

    /**
     * Appends a frame.
     *
     * @param topic two bytes of length and UTF-8
     */
    public static void write(
            ByteBuf into, Kind kind, Header header, String instance, Targets targets, byte[] topic, byte[] payload) {
        int start = into.writerIndex();
        into.writeByte(kind.code);
        into.writeInt(0);
        into.writeLong(header.sequence()).writeLong(header.writer());
        into.writeByte(header.flags());
        int instanceAt = into.writerIndex();
        into.writeByte(0);
        into.setByte(instanceAt, into.writeCharSequence(instance, StandardCharsets.UTF_8));
        into.writeInt(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            into.writeLong(targets.ids[i]).writeByte(targets.flags[i]);
        }
        if (header.origin() != null) {
            writeMore(into, header.origin(), header);
        }
        into.writeBytes(topic).writeBytes(payload);
        into.setInt(start + 1, into.writerIndex() - start - PREFIX);
    }

    /**
     * Length of what follows (4; later versions may append to it), origin (2 length + UTF-8), expiry in milliseconds
     * since the Unix epoch (8), length of the properties (4), the properties as an MQTT 5 PUBLISH has them. Since
     * version 3 for kind SHARED: the filter (2 length + UTF-8); since version 4 behind it: the ticket (8), when there
     * is one.
     */
    private static void writeMore(ByteBuf into, Origin origin, Header header) {
        Properties properties = header.properties();
        int start = into.writerIndex();
        into.writeInt(0);
        into.writeShort(origin.utf8().length).writeBytes(origin.utf8());
        if (properties == null) {
            into.writeLong(Long.MAX_VALUE).writeInt(0);
        } else {
            into.writeLong(properties.expiresAt());
            into.writeInt(properties.encoded().length).writeBytes(properties.encoded());
        }
        if (header.share() != null) {
            byte[] share = header.share().getBytes(StandardCharsets.UTF_8);
            into.writeShort(share.length).writeBytes(share);
            if (header.ticket() != 0) {
                into.writeLong(header.ticket());
            }
        }
        into.setInt(start, into.writerIndex() - start - Integer.BYTES);
    }

    private static void requireTopic(ByteBuf rest) {
        int length = rest.getUnsignedShort(rest.readerIndex());
        if (length > rest.readableBytes() - Short.BYTES) {
            throw new MalformedFrameException("topic", length + " bytes", "0.." + (rest.readableBytes() - Short.BYTES));
        }
    }

    /** Asks for memory only when the targets are there. */
    private static Targets readTargets(ByteBuf rest) {
        int count = rest.readInt();
        if (count < 0 || count > rest.readableBytes() / TARGET) {
            throw new MalformedFrameException(
                    "targets", Integer.toUnsignedString(count), "0.." + rest.readableBytes() / TARGET);
        }
        if (count == 0) {
            return Targets.NONE;
        }
        Targets targets = new Targets(new long[count], new byte[count]);
        for (int i = 0; i < count; i++) {
            targets.ids[i] = rest.readLong();
            targets.flags[i] = rest.readByte();
        }
        return targets;
    }

    private static @Nullable Properties readProperties(ByteBuf more) {
        long expiresAt = more.readLong();
        int length = more.readInt();
        if (length < 0 || length > more.readableBytes()) {
            throw new MalformedFrameException(
                    "properties", Integer.toUnsignedString(length) + " bytes", "0.." + more.readableBytes());
        }
        if (length == 0) {
            return Properties.of(null, expiresAt);
        }
        byte[] encoded = new byte[length];
        more.readBytes(encoded);
        return Properties.of(encoded, expiresAt);
    }

    /**
     * Whether {@code from} holds a whole frame.
     *
     * @throws MalformedFrameException when it cannot ever
     */
    static boolean isWhole(ByteBuf from) {
        if (from.readableBytes() < PREFIX) {
            return false;
        }
        int rest = from.getInt(from.readerIndex() + 1);
        if (rest < 0 || rest > REST_MAX) {
            throw new MalformedFrameException("length", Integer.toUnsignedString(rest), "0.." + REST_MAX);
        }
        return from.readableBytes() - PREFIX >= rest;
    }

    /**
     * Reads one whole frame.
     *
     * @throws MalformedFrameException when it is none
     */
    static void read(ByteBuf from, Recent recent, Receiver receiver) {
        Kind kind;
        Header header;
        String instance;
        Targets targets;
        ByteBuf rest;
        try {
            kind = Kind.of(from.readByte());
            rest = from.readSlice(from.readInt());
            long sequence = rest.readLong();
            long writer = rest.readLong();
            int flags = rest.readByte();
            instance = recent.readInstance(rest);
            targets = readTargets(rest);
            Origin origin = null;
            Properties properties = null;
            String share = null;
            long ticket = 0;
            if ((flags & MORE) != 0) {
                ByteBuf more = rest.readSlice(rest.readInt());
                origin = recent.readOrigin(more);
                properties = readProperties(more);
                if (kind == Kind.SHARED && more.isReadable()) {
                    share = more.readString(more.readUnsignedShort(), StandardCharsets.UTF_8);
                    ticket = more.isReadable() ? more.readLong() : 0;
                }
            }
            boolean retain = (flags & RETAIN) != 0;
            boolean once = (flags & ONCE) != 0;
            header = new Header(sequence, writer, flags & QOS_MASK, retain, once, origin, properties, share, ticket);
            if (kind.hasMessage()) {
                requireTopic(rest);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedFrameException("frame", String.valueOf(e.getMessage()), "one that ends where it says");
        }
        receiver.frame(kind, header, instance, targets, rest);
    }
}
