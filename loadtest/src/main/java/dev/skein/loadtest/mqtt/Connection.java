package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One connection of MQTT 3.1.1 or 5: parses what arrives in place, gathers what it sends in one buffer, and flushes
 * that once for each batch that was read. Nothing is allocated for a message. Belongs to its event loop.
 */
public final class Connection extends ChannelInboundHandlerAdapter {
    private static final int SMALLEST_BUFFER = 256;
    private static final int LONGEST_HEADER = 5;
    private static final int INCOMPLETE = -1;
    private static final int LONGEST_PUBLISH_START = 9;
    /** From here on a reason code of MQTT 5 tells of a failure. */
    private static final int LEAST_FAILURE = 0x80;

    private final String clientId;
    private final ConnectOptions options;
    private final Role role;

    @SuppressWarnings("NullAway.Init") // set by Netty before any event
    private ChannelHandlerContext context;

    private @Nullable ByteBuf out;
    /** The start of a packet whose end has not arrived. */
    private @Nullable ByteBuf partial;

    private @Nullable ScheduledFuture<?> slowReads;
    private @Nullable String failure;
    private boolean accepted;
    private boolean sessionPresent;
    private boolean closed;
    private long now;
    /** What the broker takes from the client (MQTT 5). */
    private int receiveMaximum = Protocol.NO_RECEIVE_MAXIMUM;

    private int topicAliasMaximum;
    /** Where the properties of the PUBLISH begin that the role is told of (MQTT 5). */
    private int propertiesAt;

    /** A connection that says CONNECT as soon as its channel is up. */
    public Connection(String clientId, ConnectOptions options, Role role) {
        this.clientId = clientId;
        this.options = options;
        this.role = role;
    }

    /** The client identifier. */
    public String clientId() {
        return clientId;
    }

    /** Room for at least some bytes in the buffer of this batch; {@link #flush} sends it. */
    public ByteBuf out(int expected) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = context.alloc().ioBuffer(Math.max(expected, SMALLEST_BUFFER));
            out = buffer;
        }
        return buffer;
    }

    /** Sends what was gathered. */
    public void flush() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            var unused = context.writeAndFlush(buffer, context.voidPromise()); // a failure comes as an exception event
        }
    }

    /** Whether the socket takes more. */
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Sends SUBSCRIBE with packet identifier 1. */
    public void subscribe(List<String> filters, int qos) {
        subscribe(filters, index -> qos);
    }

    /** Sends SUBSCRIBE with packet identifier 1 and a QoS for each filter. */
    public void subscribe(List<String> filters, IntUnaryOperator qos) {
        Packets.subscribe(out(SMALLEST_BUFFER), mqtt5(), filters, qos);
    }

    /** Whether CONNACK told of a session that was there. */
    public boolean sessionPresent() {
        return sessionPresent;
    }

    /** The version of this connection and what it has announced. */
    public Protocol protocol() {
        return options.protocol();
    }

    /** Messages at QoS 1 and 2 that the broker takes before it has acknowledged one; 65535 when it said nothing. */
    public int receiveMaximum() {
        return receiveMaximum;
    }

    /** Topic aliases that the broker takes. */
    public int topicAliasMaximum() {
        return topicAliasMaximum;
    }

    /** While {@link Role#published} runs on an MQTT 5 connection: where the properties begin; the payload ends them. */
    public int propertiesAt() {
        return propertiesAt;
    }

    private boolean mqtt5() {
        return options.protocol().isMqtt5();
    }

    /**
     * Appends the start of a PUBLISH of MQTT 3.1.1; the caller appends the payload.
     *
     * @param topic in UTF-8
     * @param packetId counts at QoS 1 and 2 only
     * @param size bytes of payload
     */
    public ByteBuf publish(byte[] topic, int qos, boolean retain, boolean again, int packetId, int size) {
        ByteBuf buffer = out(topic.length + size + LONGEST_PUBLISH_START);
        Packets.publish(buffer, topic, (again ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), packetId, size);
        return buffer;
    }

    /** From now on reads one piece of at most {@code bytes} every {@code nanos}, and leaves the rest to TCP. */
    public void readSlowly(int bytes, long nanos) {
        context.channel().config().setAutoRead(false).setRecvByteBufAllocator(new FixedRecvByteBufAllocator(bytes));
        slowReads = context.executor().scheduleAtFixedRate(context::read, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Appends a PUBACK. */
    public void puback(int packetId) {
        Packets.acknowledge(out(SMALLEST_BUFFER), Packets.PUBACK, packetId);
    }

    /** Appends a PUBREC. */
    public void pubrec(int packetId) {
        Packets.acknowledge(out(SMALLEST_BUFFER), Packets.PUBREC, packetId);
    }

    /** Appends a PUBREL. */
    public void pubrel(int packetId) {
        Packets.acknowledge(out(SMALLEST_BUFFER), Packets.PUBREL, packetId);
    }

    /** Appends a PUBCOMP. */
    public void pubcomp(int packetId) {
        Packets.acknowledge(out(SMALLEST_BUFFER), Packets.PUBCOMP, packetId);
    }

    /** Sends PINGREQ now. */
    public void ping() {
        if (accepted && !closed) {
            Packets.ping(out(SMALLEST_BUFFER));
            flush();
        }
    }

    /** Sends DISCONNECT and closes; the role hears {@link Role#closed}. */
    public void disconnect() {
        if (!closed) {
            Packets.disconnect(out(SMALLEST_BUFFER));
            flush();
            var unused = context.close();
        }
    }

    /** Closes without DISCONNECT, as a device does that loses its network; the role hears {@link Role#closed}. */
    public void abort() {
        if (!closed) {
            var unused = context.close();
        }
    }

    /** Closes with a reason of our own. */
    public void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
        var unused = context.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        Packets.connect(out(SMALLEST_BUFFER), clientId, options);
        flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext reader, Object message) {
        ByteBuf in = (ByteBuf) message;
        now = System.nanoTime();
        try {
            if (partial != null) {
                completePartial(partial, in);
            }
            while (in.isReadable()) {
                int length = packetLength(in);
                if (length == INCOMPLETE || length > in.readableBytes()) {
                    partial = reader.alloc()
                            .buffer(Math.max(length, SMALLEST_BUFFER))
                            .writeBytes(in);
                } else {
                    int next = in.readerIndex() + length;
                    packet(in, length);
                    in.readerIndex(next);
                }
            }
        } finally {
            in.release();
        }
    }

    /** Copies into {@code start} what its packet lacks, no more, and handles it when it is whole. */
    private void completePartial(ByteBuf start, ByteBuf in) {
        while (in.isReadable()) {
            int length = packetLength(start);
            int lacking = length == INCOMPLETE ? 1 : length - start.readableBytes();
            start.writeBytes(in, Math.min(lacking, in.readableBytes()));
            if (packetLength(start) == start.readableBytes()) {
                partial = null;
                try {
                    packet(start, start.readableBytes());
                } finally {
                    start.release();
                }
                return;
            }
        }
    }

    /** Bytes of the whole packet that starts at the reader index, or INCOMPLETE when its length is not there yet. */
    private int packetLength(ByteBuf in) {
        int at = in.readerIndex() + 1;
        int end = Math.min(in.writerIndex(), in.readerIndex() + LONGEST_HEADER);
        int length = 0;
        for (int shift = 0; at < end; shift += 7) {
            byte digit = in.getByte(at);
            at++;
            length |= (digit & 0x7F) << shift;
            if (digit >= 0) {
                return at - in.readerIndex() + length;
            }
        }
        if (in.readableBytes() >= LONGEST_HEADER) {
            throw new IllegalStateException("remaining length: longer than 4 bytes");
        }
        return INCOMPLETE;
    }

    private void packet(ByteBuf in, int length) {
        int start = in.readerIndex();
        int header = in.getUnsignedByte(start);
        int at = start + 2;
        while (in.getByte(at - 1) < 0) {
            at++;
        }
        int end = start + length;
        switch (header >>> 4) {
            case Packets.PUBLISH -> publish(header, in, at, end);
            case Packets.PUBACK -> role.puback(this, packetId(in, at, end));
            case Packets.PUBREC -> role.pubrec(this, packetId(in, at, end));
            case Packets.PUBREL -> role.pubrel(this, packetId(in, at, end));
            case Packets.PUBCOMP -> role.pubcomp(this, packetId(in, at, end));
            case Packets.CONNACK -> connack(in, at, end);
            case Packets.SUBACK -> suback(in, at, end);
            case Packets.PINGRESP -> {}
            case Packets.DISCONNECT -> disconnected(in, at, end);
            default -> throw new IllegalStateException("packet type: " + (header >>> 4) + " (expected: a server's)");
        }
    }

    private void publish(int header, ByteBuf in, int at, int end) {
        int qos = (header >>> 1) & 3;
        int packetId = 0;
        int payload = at + 2 + (end - at < 2 ? 0 : in.getUnsignedShort(at));
        if (qos > 0) {
            packetId = payload + 2 <= end ? in.getUnsignedShort(payload) : 0;
            payload += 2;
        }
        if (payload > end || qos == 3) {
            throw new IllegalStateException("PUBLISH: " + (end - at) + " bytes at QoS " + qos + " (expected: whole)");
        }
        if (mqtt5()) {
            if (payload - at == (qos > 0 ? 4 : 2) && !options.protocol().topicAliases()) {
                throw new IllegalStateException("PUBLISH: no topic (expected: one, as no alias is taken)");
            }
            int properties = payload;
            payload = PropertyReader.end(in, properties, end);
            propertiesAt = PropertyReader.afterInteger(in, properties);
        }
        role.published(this, in, payload, end - payload, qos, packetId, now);
    }

    private int packetId(ByteBuf in, int at, int end) {
        if (mqtt5() ? end - at < 2 : end - at != 2) {
            throw new IllegalStateException("acknowledgement: " + (end - at) + " bytes (expected: 2)");
        }
        int code = end - at > 2 ? in.getUnsignedByte(at + 2) : 0;
        if (code >= LEAST_FAILURE) {
            throw new IllegalStateException("acknowledgement: " + reason(code) + " (expected: one of success)");
        }
        return in.getUnsignedShort(at);
    }

    private void disconnected(ByteBuf in, int at, int end) {
        if (!mqtt5()) {
            throw new IllegalStateException("packet type: 14 (expected: a server's)");
        }
        fail("DISCONNECT by the broker: " + reason(end > at ? in.getUnsignedByte(at) : 0));
    }

    private static String reason(int code) {
        return "reason code 0x" + Integer.toHexString(code);
    }

    private void connack(ByteBuf in, int at, int end) {
        if (accepted || (mqtt5() ? end - at < 3 : end - at != 2)) {
            throw new IllegalStateException("CONNACK: unexpected");
        }
        int code = in.getUnsignedByte(at + 1);
        if (code == 0) {
            if (mqtt5()) {
                limits(in, at + 2, end);
            }
            accepted = true;
            sessionPresent = in.getUnsignedByte(at) == 1;
            role.connected(this);
        } else {
            fail("refused: CONNACK " + (mqtt5() ? reason(code) : code + " (" + meaning(code) + ")"));
        }
    }

    /** Reads what the broker says of itself in CONNACK. */
    private void limits(ByteBuf in, int at, int to) {
        int end = PropertyReader.end(in, at, to);
        int next;
        for (int i = PropertyReader.afterInteger(in, at); i < end; i = next) {
            next = PropertyReader.next(in, i, end);
            switch (in.getByte(i)) {
                case PropertyReader.RECEIVE_MAXIMUM -> receiveMaximum = in.getUnsignedShort(i + 1);
                case PropertyReader.TOPIC_ALIAS_MAXIMUM -> topicAliasMaximum = in.getUnsignedShort(i + 1);
                default -> {}
            }
        }
    }

    private static String meaning(int code) {
        return switch (code) {
            case 1 -> "unacceptable protocol version";
            case 2 -> "identifier rejected";
            case 3 -> "server unavailable";
            case 4 -> "bad user name or password";
            case 5 -> "not authorised";
            default -> "unknown";
        };
    }

    private void suback(ByteBuf in, int at, int end) {
        if (end - at < 3) {
            throw new IllegalStateException("SUBACK: " + (end - at) + " bytes (expected: >= 3)");
        }
        int lowest = 2;
        int codes = mqtt5() ? PropertyReader.end(in, at + 2, end) : at + 2;
        for (int i = codes; i < end; i++) {
            int granted = in.getUnsignedByte(i);
            lowest = lowest > 2 || granted > 2 ? 0x80 : Math.min(lowest, granted);
        }
        role.subscribed(this, lowest);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext reader) {
        flush();
        role.ready(this, now);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (accepted && !closed && isWritable()) {
            role.ready(this, System.nanoTime());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        finish(accepted ? "closed by the broker" : "closed before CONNACK");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext caught, Throwable cause) {
        String message = cause.getMessage();
        fail(message == null ? cause.getClass().getSimpleName() : message);
    }

    /** The channel never came up, or is gone. Safe to call more than once. */
    public void finish(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        if (slowReads != null) {
            slowReads.cancel(false);
        }
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (out != null) {
            out.release();
            out = null;
        }
        role.closed(this, failure == null ? reason : failure);
    }
}
