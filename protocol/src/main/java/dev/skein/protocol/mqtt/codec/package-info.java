/**
 * MQTT 3.1, 3.1.1 and 5 on the wire: strict framing in front of Netty's messages, and encoders that allocate nothing.
 *
 * <p>Starting points: {@link dev.skein.protocol.mqtt.codec.MqttFramer} reads,
 * {@link dev.skein.protocol.mqtt.codec.PublishEncoder} and {@link dev.skein.protocol.mqtt.codec.PacketEncoder} write.
 */
@NullMarked
package dev.skein.protocol.mqtt.codec;

import org.jspecify.annotations.NullMarked;
