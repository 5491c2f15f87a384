package dev.skein.node.interop;

import dev.skein.node.conformance.BrokerUnderTest;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Takes a client identifier over and drops it at once: the network failure of a client that has no method for it. */
final class Thief {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private Thief() {}

    /** Ends the connection of {@code clientId} and keeps its session. */
    static void steal(BrokerUnderTest broker, String clientId) throws IOException {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        byte[] head = {0x10, (byte) (12 + id.length), 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 60, 0, (byte) id.length};
        try (Socket socket = new Socket(broker.host(), broker.mqttPort())) {
            socket.setSoTimeout((int) DEADLINE.toMillis());
            socket.getOutputStream().write(head);
            socket.getOutputStream().write(id);
            socket.getOutputStream().flush();
            new DataInputStream(socket.getInputStream()).readFully(new byte[4]);
        }
    }
}
