package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PACKET_TOO_LARGE;

import dev.skein.protocol.mqtt.codec.PacketChecks.Level;
import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.time.InstantSource;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one client into whole, checked MQTT 3.1, 3.1.1 and 5 packets.
 *
 * <p>Each PUBLISH goes on as an {@link InboundPublish}. With a {@link PacketDecoder}, PUBACK, PUBREC, PUBREL and
 * PUBCOMP go on as {@link InboundAck}, at about a fifth of the cost of Netty's messages, and all others as Netty's
 * {@code MqttMessage}. Without one, each packet but PUBLISH goes on as a {@link ByteBuf} that holds exactly this
 * packet.
 *
 * <p>A packet is refused as soon as its header shows that it is too large or illegal, before its body is buffered. The
 * first refusal goes down the pipeline as one {@link MalformedPacketException} through {@code exceptionCaught}, never
 * wrapped; all further input is discarded, also after a DISCONNECT and after a CONNECT of a level that is not served.
 * Closing is left to the application.
 *
 * <p>A read that has begun is finished when auto-read is switched off in its middle: a few more packets may follow. Not
 * sharable: one for each channel, used on its event loop.
 */
public final class MqttFramer extends ChannelInboundHandlerAdapter {
    /** Largest remaining length that the encoding can express, in bytes. */
    public static final int MAX_REMAINING_LENGTH = 268_435_455;

    private static final int MAX_LENGTH_BYTES = 4;
    private static final int INCOMPLETE = -1;
    private static final int FIRST_BUFFER_BYTES = 256;

    private final PublishReader publishes;
    private final @Nullable PacketDecoder packets;
    private final PartialPacket partialPacket;
    private int maxPacketSize;
    private Level level = Level.V3_1_1;
    /** The beginning of one packet, never more than one; null between packets. */
    private @Nullable ByteBuf partial;
    /** Input that arrived while a packet was being handled further down. */
    private @Nullable ArrayDeque<ByteBuf> waiting;

    private boolean reading;
    private boolean discarding;
    private boolean consumedSome;
    private boolean handedOn;
    private int toldBytes;

    /** Told what the beginning of a packet takes that has not come as a whole. On the event loop of the channel. */
    public interface PartialPacket {
        /** It takes so many bytes from now on, 0 for none; told when that changes, at the latest after a read. */
        void takes(int bytes);
    }

    /**
     * A framer for one channel that hands on frames.
     *
     * @param maxPacketSize largest remaining length that is accepted, in bytes: 1..{@value #MAX_REMAINING_LENGTH}
     * @param topics the cache of the channel's event loop
     */
    public MqttFramer(int maxPacketSize, TopicNameCache topics) {
        this(maxPacketSize, topics, null);
    }

    /**
     * A framer for one channel.
     *
     * @param maxPacketSize largest remaining length that is accepted, in bytes: 1..{@value #MAX_REMAINING_LENGTH}
     * @param topics the cache of the channel's event loop
     * @param packets reads all packets but PUBLISH, or null: they go on as frames
     */
    public MqttFramer(int maxPacketSize, TopicNameCache topics, @Nullable PacketDecoder packets) {
        this(maxPacketSize, topics, packets, _ -> {});
    }

    /**
     * A framer for one channel whose unfinished packets are accounted for.
     *
     * @param maxPacketSize largest remaining length that is accepted, in bytes: 1..{@value #MAX_REMAINING_LENGTH}
     * @param topics the cache of the channel's event loop
     * @param packets the event loop's decoder of all packets but PUBLISH, or null: they go on as frames
     * @param partialPacket told what the channel's unfinished packet takes
     */
    public MqttFramer(
            int maxPacketSize, TopicNameCache topics, @Nullable PacketDecoder packets, PartialPacket partialPacket) {
        this(maxPacketSize, topics, packets, partialPacket, InstantSource.system());
    }

    /** As the constructor without {@code clock}, which tells when messages expire. */
    public MqttFramer(
            int maxPacketSize,
            TopicNameCache topics,
            @Nullable PacketDecoder packets,
            PartialPacket partialPacket,
            InstantSource clock) {
        this.maxPacketSize = checkedMaxPacketSize(maxPacketSize);
        this.publishes = new PublishReader(topics, clock);
        this.packets = packets;
        this.partialPacket = partialPacket;
    }

    /** Changes the limit, from the next packet header on. Only on the event loop. */
    public void maxPacketSize(int newMaxPacketSize) {
        this.maxPacketSize = checkedMaxPacketSize(newMaxPacketSize);
    }

    /** How many topic aliases the client may use, 0..65535; told to it by CONNACK. Only on the event loop. */
    public void topicAliasMaximum(int maximum) {
        publishes.aliasMaximum(maximum);
    }

    /** Largest remaining length that is accepted, in bytes. */
    public int maxPacketSize() {
        return maxPacketSize;
    }

    /** Bytes that have come of a packet that is not whole; 0 between packets. Only on the event loop. */
    public int partialBytes() {
        return partial == null ? 0 : partial.readableBytes();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf in)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (reading) {
            waiting = waiting == null ? new ArrayDeque<>() : waiting;
            waiting.add(in);
            return;
        }
        reading = true;
        try {
            consume(ctx, in);
            while (waiting != null && !waiting.isEmpty()) {
                consume(ctx, waiting.remove());
            }
        } finally {
            reading = false;
        }
    }

    /** As Netty's own decoders do: without auto-read, a read that completed no packet asks for the next. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (consumedSome && !handedOn && !discarding && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        consumedSome = false;
        handedOn = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discardAll();
        ctx.fireChannelInactive();
    }

    /** Drops an unfinished packet; its bytes are not passed on. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        discardAll();
    }

    private void discardAll() {
        discarding = true;
        if (partial != null) {
            partial.release();
            partial = null;
        }
        while (waiting != null && !waiting.isEmpty()) {
            waiting.remove().release();
        }
        tellPartial();
    }

    private void tellPartial() {
        int bytes = partial == null ? 0 : partial.capacity();
        if (bytes != toldBytes) {
            toldBytes = bytes;
            partialPacket.takes(bytes);
        }
    }

    private void consume(ChannelHandlerContext ctx, ByteBuf received) {
        consumedSome = true;
        ByteBuf in = received.isReadOnly() ? writableCopy(received) : received;
        try {
            while (!discarding && in.isReadable()) {
                if (partial != null) {
                    complete(ctx, in, partial);
                } else {
                    begin(ctx, in);
                }
            }
        } catch (MalformedPacketException e) {
            discardAll();
            ctx.fireExceptionCaught(e);
        } finally {
            in.release();
            tellPartial();
        }
    }

    /** MQTT 3.1 needs bits cleared in place, see {@link PacketChecks}. */
    private static ByteBuf writableCopy(ByteBuf received) {
        try {
            return received.copy();
        } finally {
            received.release();
        }
    }

    /** Handles the packet that begins at the reader index, or keeps its bytes when it is not whole. */
    private void begin(ChannelHandlerContext ctx, ByteBuf in) throws MalformedPacketException {
        int length = packetLength(in);
        if (length != INCOMPLETE && length <= in.readableBytes()) {
            packet(ctx, in, length);
            return;
        }
        ByteBuf kept = ctx.alloc().buffer(Math.max(in.readableBytes(), FIRST_BUFFER_BYTES));
        kept.writeBytes(in);
        partial = kept;
    }

    /** Adds to an unfinished packet what it lacks and no more, so at most this one packet is ever copied. */
    private void complete(ChannelHandlerContext ctx, ByteBuf in, ByteBuf kept) throws MalformedPacketException {
        int length = packetLength(kept);
        while (length == INCOMPLETE && in.isReadable()) {
            kept.writeByte(in.readByte());
            length = packetLength(kept);
        }
        if (length == INCOMPLETE) {
            return;
        }
        kept.writeBytes(in, Math.min(length - kept.readableBytes(), in.readableBytes()));
        if (kept.readableBytes() == length) {
            partial = null;
            tellPartial(); // who has sent it all is not to be blamed for its bytes while it is handled
            try {
                packet(ctx, kept, length);
            } finally {
                kept.release();
            }
        }
    }

    /**
     * Length of the packet at the reader index with its header, or {@link #INCOMPLETE}. Refuses what its header shows
     * to be illegal or too large.
     */
    private int packetLength(ByteBuf in) throws MalformedPacketException {
        int at = in.readerIndex();
        int readable = in.readableBytes();
        FixedHeader.check(in.getUnsignedByte(at), level);
        int remaining = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (readable < i + 2) {
                return INCOMPLETE;
            }
            byte digit = in.getByte(at + 1 + i);
            remaining |= (digit & 0x7F) << (7 * i);
            if (digit >= 0) {
                if (i > 0 && digit == 0 && level == Level.V5) {
                    throw new MalformedPacketException(
                            MALFORMED,
                            "MQTT-1.5.5-1",
                            FailureText.of("remainingLength", "not in the fewest bytes", "that"));
                }
                if (remaining > maxPacketSize) {
                    throw new MalformedPacketException(
                            PACKET_TOO_LARGE,
                            "2.2.3",
                            FailureText.of("remainingLength", remaining, "<= " + maxPacketSize));
                }
                return i + 2 + remaining;
            }
        }
        throw new MalformedPacketException(
                MALFORMED, "2.2.3", FailureText.of("remainingLength", "more than 4 bytes", "1..4 bytes"));
    }

    /** Hands the whole packet at the reader index on and moves the reader index behind it. */
    private void packet(ChannelHandlerContext ctx, ByteBuf in, int length) throws MalformedPacketException {
        int start = in.readerIndex();
        int end = start + length;
        int body = start + 2;
        while (in.getByte(body - 1) < 0) {
            body++;
        }
        int firstByte = in.getUnsignedByte(start);
        if (FixedHeader.type(firstByte) == FixedHeader.PUBLISH) {
            InboundPublish publish = publishes.read(firstByte, in, body, end, level);
            in.readerIndex(end);
            handOn(ctx, publish);
            return;
        }
        check(firstByte, in, start, body, end);
        if (packets == null) {
            handOn(ctx, in.readRetainedSlice(length));
            return;
        }
        InboundAck.Kind ack = ackKind(firstByte);
        if (ack == null) {
            MqttMessage message = packets.decode(FixedHeader.type(firstByte), level, in, body, end);
            in.readerIndex(end);
            handOn(ctx, message);
        } else {
            in.readerIndex(end);
            int reason = end - body > Short.BYTES ? in.getUnsignedByte(body + Short.BYTES) : 0;
            handOn(ctx, new InboundAck(ack, in.getUnsignedShort(body), reason));
        }
    }

    private void handOn(ChannelHandlerContext ctx, Object message) {
        handedOn = true;
        ctx.fireChannelRead(message);
    }

    private static InboundAck.@Nullable Kind ackKind(int firstByte) {
        return switch (FixedHeader.type(firstByte)) {
            case FixedHeader.PUBACK -> InboundAck.Kind.PUBACK;
            case FixedHeader.PUBREC -> InboundAck.Kind.PUBREC;
            case FixedHeader.PUBREL -> InboundAck.Kind.PUBREL;
            case FixedHeader.PUBCOMP -> InboundAck.Kind.PUBCOMP;
            default -> null;
        };
    }

    private void check(int firstByte, ByteBuf in, int start, int body, int end) throws MalformedPacketException {
        switch (FixedHeader.type(firstByte)) {
            case FixedHeader.CONNECT -> {
                level = PacketChecks.connect(firstByte, in, body, end);
                discarding = level == Level.UNKNOWN;
            }
            case FixedHeader.PUBACK -> acknowledgement("PUBACK", in, body, end);
            case FixedHeader.PUBREC -> acknowledgement("PUBREC", in, body, end);
            case FixedHeader.PUBREL -> acknowledgement("PUBREL", in, body, end);
            case FixedHeader.PUBCOMP -> acknowledgement("PUBCOMP", in, body, end);
            case FixedHeader.SUBSCRIBE -> PacketChecks.subscribe(in, body, end, level);
            case FixedHeader.UNSUBSCRIBE -> PacketChecks.unsubscribe(in, body, end, level);
            case FixedHeader.PINGREQ -> PacketChecks.empty("PINGREQ", body, end);
            case FixedHeader.DISCONNECT -> {
                if (level == Level.V5) {
                    Packet5Checks.disconnect(in, body, end);
                } else {
                    PacketChecks.empty("DISCONNECT", body, end);
                }
                discarding = true; // [MQTT-3.14.4-2]: nothing may follow
            }
            case FixedHeader.AUTH -> Packet5Checks.auth(in, body, end);
            default -> throw new IllegalStateException("firstByte: " + firstByte + " (expected: passed its check)");
        }
        if (level == Level.V3_1 && firstByte != FixedHeader.as311(firstByte)) {
            in.setByte(start, FixedHeader.as311(firstByte));
        }
    }

    private void acknowledgement(String packet, ByteBuf in, int body, int end) throws MalformedPacketException {
        if (level == Level.V5) {
            Packet5Checks.acknowledgement(packet, in, body, end);
        } else {
            PacketChecks.acknowledgement(packet, in, body, end);
        }
    }

    private static int checkedMaxPacketSize(int bytes) {
        if (bytes < 1 || bytes > MAX_REMAINING_LENGTH) {
            throw new IllegalArgumentException(FailureText.of("maxPacketSize", bytes, "1.." + MAX_REMAINING_LENGTH));
        }
        return bytes;
    }
}
