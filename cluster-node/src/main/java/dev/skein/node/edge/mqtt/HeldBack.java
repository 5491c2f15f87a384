package dev.skein.node.edge.mqtt;

import dev.skein.protocol.mqtt.codec.InboundAck;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;

/**
 * What a client may still say while its PUBLISH waits for a receiver: others may wait for its acknowledgements, and it
 * for an answer to its PINGREQ.
 */
final class HeldBack {
    /** Waiting packets of one event loop above which those that are held back are not read on. */
    static final long LOOP_MAX = 32L * 1024 * 1024;

    /** The same for one publisher while the memory of the node is nearly used up: acknowledgements are near. */
    private static final long SCARCE = 64L * 1024;

    private static final long PACKET_BYTES = 64;

    private HeldBack() {}

    /** Whether {@code packet} is handled before the PUBLISH that waits: no order between the two is promised. */
    static boolean passes(Object packet) {
        if (packet instanceof InboundAck ack) {
            return ack.kind() != InboundAck.Kind.PUBREL; // which belongs to what this client publishes
        }
        return packet instanceof MqttMessage message
                && !message.decoderResult().isFailure()
                && message.fixedHeader().messageType() == MqttMessageType.PINGREQ;
    }

    /** Bytes of waiting packets up to which a publisher that is held back is read on. */
    static long readOnBytes(long queueBytes, boolean memoryIsScarce) {
        long max = queueBytes / 2;
        return memoryIsScarce ? Math.min(SCARCE, max) : max;
    }

    /** Memory that a packet takes while it waits. */
    static long size(Object packet) {
        return PACKET_BYTES + (packet instanceof InboundPublish publish ? publish.bytes() : 0);
    }
}
