package dev.skein.node.edge.mqtt;

import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.route.RouteMemory;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds in memory beside its own objects, accounted for in the share of its event loop: the
 * beginning of a packet, packets that wait, output that the socket has not taken, messages behind it, will, credentials
 * and filters. Confined to the event loop.
 */
final class Holdings implements MqttFramer.PartialPacket {
    /** What will, credentials and filters of a common device take; only what is above is accounted for. */
    private static final int COMMON = 4096;

    /** Objects of a packet that was read, and of a filter: about so many bytes beside its texts. */
    private static final int PACKET_OBJECTS = 64;

    private final ConnectionMemory.Share share;
    private int partial;
    private long waiting;
    private long handled;
    private long kept;
    private long filters;
    private long output;
    private long page;
    private long queued;
    private long accounted;
    private boolean gone;
    private long begun;

    Holdings(ConnectionMemory.Share share) {
        this.share = share;
    }

    /** Bytes held, with those that it shares with others. */
    long bytes() {
        return accounted + queued;
    }

    @Override
    public void takes(int bytes) {
        if (partial == 0) {
            begun++;
        }
        partial = bytes;
        account();
    }

    /** Whether a packet has begun to come and is not whole. */
    boolean hasPartial() {
        return partial > 0;
    }

    /** How many packets have come in more than one read. */
    long partialPackets() {
        return begun;
    }

    /** The socket has not taken so many bytes of what was written. */
    void output(long pending) {
        if (pending != output) {
            output = pending;
            account();
        }
    }

    /** One more packet waits; {@link #waits} or {@link #waitsNoMore} follows. */
    void willWait(Object packet) {
        waiting += PACKET_OBJECTS + weight(packet);
    }

    /** Counts what {@link #willWait} told since the last time. */
    void waits() {
        account();
    }

    /**
     * {@code packet}, which {@link #willWait} has told, is handled; {@link #waits} or {@link #waitsNoMore()} follows.
     */
    void waitsNoMore(Object packet) {
        waiting -= PACKET_OBJECTS + weight(packet);
    }

    /** No packet waits any more. */
    void waitsNoMore() {
        waiting = 0;
        account();
    }

    /** The client has sent CONNECT: its texts are kept, perhaps as long as it is connected. */
    void keep(MqttConnectMessage connect) {
        kept = weight(connect);
        account();
    }

    /** The client's topic filters take so many bytes. */
    void keepFilters(long bytes) {
        filters = bytes;
        account();
    }

    /** What was read from the store for the client takes so many bytes. */
    void page(long bytes) {
        if (bytes != page) {
            page = bytes;
            account();
        }
    }

    /** A live message waits for the client. Its body is one for all that it waits for, and counts once. */
    void queue(Message message) {
        int bytes = PACKET_OBJECTS + message.bytes();
        queued += bytes;
        if (message.content().queued()) {
            share.add(bytes);
        }
    }

    /** It waits no more. */
    void unqueue(Message message) {
        int bytes = PACKET_OBJECTS + message.bytes();
        queued -= bytes;
        if (message.content().unqueued()) {
            share.add(-bytes);
        }
    }

    /** A packet is being handled, perhaps for a while; {@link #handled} follows. */
    void handles(Object packet) {
        handled = weight(packet);
        account();
    }

    void handled() {
        handled = 0;
        account();
    }

    /** Whatever it held is free. */
    void end() {
        gone = true;
        account();
    }

    private void account() {
        long now = gone ? 0 : partial + waiting + handled + page + Math.max(0, kept + filters - COMMON) + output;
        long change = now - accounted;
        if (change != 0) {
            accounted = now;
            share.add(change);
        }
    }

    private static long weight(Object packet) {
        return switch (packet) {
            case InboundPublish publish -> publish.bytes();
            case MqttConnectMessage connect -> weight(connect.payload());
            case MqttSubscribeMessage subscribe ->
                subscribe.payload().topicSubscriptions().stream()
                        .mapToLong(each -> RouteMemory.ofFilter(each.topicFilter()))
                        .sum();
            case MqttUnsubscribeMessage unsubscribe ->
                unsubscribe.payload().topics().stream()
                        .mapToLong(each -> PACKET_OBJECTS + (long) each.length())
                        .sum();
            default -> 0;
        };
    }

    private static long weight(MqttConnectPayload connect) {
        return (long) length(connect.clientIdentifier())
                + length(connect.willTopic())
                + length(connect.userName())
                + length(connect.willMessageInBytes())
                + length(connect.passwordInBytes());
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
