package dev.skein.node.main;

import dev.skein.node.wiring.Failures;
import dev.skein.node.wiring.SkeinNode;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short conversation of one client with a node of this process. It only makes the JVM load and compile what a node
 * needs for its first clients, while an AOT cache is recorded; its outcome does not matter.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int ROUNDS = 2_000;
    private static final int TIMEOUT_MILLIS = 5_000;

    // Client "warm", clean session; SUBSCRIBE warm/# at QoS 1; PUBLISH "x" to warm/up at QoS 1; PUBACK 1; DISCONNECT.
    private static final byte[] CONNECT = bytes("10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 77 61 72 6d");
    private static final byte[] SUBSCRIBE = bytes("82 0b 00 01 00 06 77 61 72 6d 2f 23 01");
    private static final byte[] PUBLISH = bytes("32 0c 00 07 77 61 72 6d 2f 75 70 00 01 78");
    private static final byte[] DISCONNECT = bytes("e0 00");

    private Rehearsal() {}

    /** Plays it on the plain MQTT listener, if that is open. */
    static void play(SkeinNode node) {
        node.listeners().stream()
                .filter(listener -> listener.name().equals("mqtt"))
                .findFirst()
                .ifPresent(listener -> converse(listener.address().getPort()));
    }

    private static void converse(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write(CONNECT);
            readPacket(in);
            out.write(SUBSCRIBE);
            readPacket(in);
            for (int i = 0; i < ROUNDS; i++) {
                out.write(PUBLISH);
                answer(out, readPacket(in));
                answer(out, readPacket(in));
            }
            out.write(DISCONNECT);
        } catch (IOException e) {
            LOG.info("rehearsal cut short: {}", Failures.describe(e));
        }
    }

    /** A PUBLISH at QoS 1 is acknowledged; its identifier stands behind the topic. */
    private static void answer(OutputStream out, byte[] packet) throws IOException {
        if ((packet[0] & 0xF0) == 0x30) {
            int identifier = 3 + packet[2];
            out.write(new byte[] {0x40, 2, packet[identifier], packet[identifier + 1]});
        }
    }

    /** The first byte and the body; all packets here are shorter than 128 bytes. */
    private static byte[] readPacket(DataInputStream in) throws IOException {
        byte first = in.readByte();
        byte[] packet = new byte[1 + in.readUnsignedByte()];
        packet[0] = first;
        in.readFully(packet, 1, packet.length - 1);
        return packet;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }
}
