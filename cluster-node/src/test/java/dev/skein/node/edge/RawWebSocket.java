package dev.skein.node.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;

/** Bytes of the WebSocket protocol, spelled out. */
final class RawWebSocket {

    /** The key of the example in RFC 6455 section 1.3. */
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private RawWebSocket() {}

    /** An opening request; an empty {@code subprotocols} leaves the header out. */
    static String request(String subprotocols) {
        return "GET /any/path?x=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n"
                + (subprotocols.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocols + "\r\n") + "\r\n";
    }

    /** The head of the server's answer. */
    static String readResponse(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** A connection whose upgrade was answered. */
    static Socket upgraded(EdgeFixture edge) throws IOException {
        Socket socket = edge.connect("ws");
        EdgeFixture.send(socket, request("mqtt"));
        assertThat(readResponse(socket)).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    /** A masked frame; {@code first} holds FIN and opcode, such as 0x82 for a whole binary message. */
    static byte[] frame(int first, String payload) {
        byte[] data = payload.getBytes(ISO_8859_1);
        byte[] mask = {(byte) 0x37, (byte) 0xfa, (byte) 0x21, (byte) 0x3d};
        int extended = data.length < 126 ? 0 : data.length < 65_536 ? 2 : 8;
        byte[] out = new byte[2 + extended + 4 + data.length];
        out[0] = (byte) first;
        out[1] = (byte) (0x80 | (extended == 0 ? data.length : extended == 2 ? 126 : 127));
        for (int i = 0; i < extended; i++) {
            out[2 + i] = (byte) ((long) data.length >>> (8 * (extended - 1 - i)));
        }
        System.arraycopy(mask, 0, out, 2 + extended, 4);
        for (int i = 0; i < data.length; i++) {
            out[6 + extended + i] = (byte) (data[i] ^ mask[i % 4]);
        }
        return out;
    }
}
