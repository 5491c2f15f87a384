package dev.skein.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder for packets that are there as a whole. It keeps nothing of a connection, so one serves all of an
 * event loop, where one for each would cost every connection 280 bytes. Confined to its event loop.
 */
public final class PacketDecoder {
    private final int maxPacketSize;
    private final int maxClientIdLength;
    /**
     * Netty's decoder remembers the level of the last CONNECT; here it must not read another client's packets by it.
     */
    private final Netty connects = new Netty();

    private final Netty others = new Netty();

    /**
     * A decoder for one event loop.
     *
     * @param maxPacketSize largest remaining length, in bytes, as for {@link MqttFramer}
     * @param maxClientIdLength longest client ID of MQTT 3.1, in characters
     */
    public PacketDecoder(int maxPacketSize, int maxClientIdLength) {
        this.maxPacketSize = maxPacketSize;
        this.maxClientIdLength = maxClientIdLength;
    }

    /**
     * Reads the one packet that {@code packet} holds.
     *
     * @param type of the packet, as {@link FixedHeader#type} gives it; not PUBLISH
     * @param packet exactly this packet; stays the caller's
     * @return the packet, or one whose {@code decoderResult} says why it is none
     */
    MqttMessage decode(int type, ByteBuf packet) {
        return switch (type) {
            case FixedHeader.PINGREQ -> MqttMessage.PINGREQ; // checked to be empty, as the next
            case FixedHeader.DISCONNECT -> MqttMessage.DISCONNECT;
            case FixedHeader.CONNECT -> connects.read(packet);
            default -> others.read(packet);
        };
    }

    /** A decoder of Netty's in a pipeline of its own. */
    private final class Netty {
        private @Nullable EmbeddedChannel channel;

        private MqttMessage read(ByteBuf packet) {
            EmbeddedChannel pipeline = channel;
            if (pipeline == null) {
                pipeline = new EmbeddedChannel(new MqttDecoder(maxPacketSize, maxClientIdLength));
                channel = pipeline;
            }
            pipeline.writeInbound(packet.retain());
            MqttMessage message = pipeline.readInbound();
            // It reads nothing any more after a bad packet, and waits for the rest of a short one.
            if (message == null || message.decoderResult().isFailure() || packet.isReadable()) {
                channel = null;
                pipeline.finishAndReleaseAll();
            }
            return message != null ? message : shorterThanItsContent();
        }

        private static MqttMessage shorterThanItsContent() {
            return MqttMessageFactory.newInvalidMessage(
                    new DecoderException("packet: shorter than what it holds (expected: all of it)"));
        }
    }
}
