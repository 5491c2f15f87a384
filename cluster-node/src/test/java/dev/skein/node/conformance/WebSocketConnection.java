package dev.skein.node.conformance;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** MQTT in WebSocket frames (RFC 6455), written by hand so that a case can also send what is wrong. */
final class WebSocketConnection extends WireConnection {
    /** Operation codes of RFC 6455; {@code FINAL} is the bit of a message's last frame. */
    static final int TEXT = 1;

    private static final int FINAL = 0x80;
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};
    private static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(10);

    private final String status;
    private final @Nullable String selected;
    private byte[] payload = new byte[0];
    private int payloadAt;

    /** Connects and shakes hands; {@code offered} subprotocols are parted by commas, "none" offers none. */
    WebSocketConnection(String host, int port, String path, String offered) throws IOException {
        super(host, port);
        String key = Base64.getEncoder().encodeToString("conformance-case".getBytes(StandardCharsets.US_ASCII));
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key
                + "\r\nSec-WebSocket-Version: 13\r\n"
                + ("none".equals(offered) ? "" : "Sec-WebSocket-Protocol: " + offered + "\r\n") + "\r\n";
        output().write(request.getBytes(StandardCharsets.US_ASCII));
        deadline(HANDSHAKE_DEADLINE);
        String head = readHead(input());
        status = head.lines().findFirst().orElse("nothing");
        selected = header(head, "sec-websocket-protocol");
        if (isOpen() && !accept(key).equals(header(head, "sec-websocket-accept"))) {
            throw new IOException("Sec-WebSocket-Accept: wrong in " + head);
        }
    }

    /** Whether the broker agreed to speak WebSocket. */
    boolean isOpen() {
        return status.startsWith("HTTP/1.1 101");
    }

    /** First line of the answer. */
    String status() {
        return status;
    }

    /** The subprotocol that the broker chose. */
    @Nullable
    String selected() {
        return selected;
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return text;
            }
            head.write(b);
            text = head.toString(StandardCharsets.US_ASCII);
        }
        return text;
    }

    private static @Nullable String header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    @Override
    void write(byte[] bytes) throws IOException {
        frame(BINARY, bytes);
    }

    /** Sends {@code bytes} as one message in three fragments. */
    void fragments(byte[] bytes) throws IOException {
        int third = bytes.length / 3;
        frame(BINARY, 0, Arrays.copyOf(bytes, third));
        frame(CONTINUATION, 0, Arrays.copyOfRange(bytes, third, 2 * third));
        frame(CONTINUATION, FINAL, Arrays.copyOfRange(bytes, 2 * third, bytes.length));
    }

    /** Sends a WebSocket ping and waits for the pong, which must be the next frame. */
    void ping() throws IOException {
        frame(PING, new byte[] {1, 2, 3});
        deadline(HANDSHAKE_DEADLINE);
        int first = readByte();
        byte[] body = exactly(length(readByte()));
        if (first != (FINAL | PONG) || !Arrays.equals(body, new byte[] {1, 2, 3})) {
            throw new IOException("WebSocket frame: " + first + " (expected: the pong)");
        }
    }

    /** Sends one masked frame. */
    void frame(int operation, byte[] bytes) throws IOException {
        frame(operation, FINAL, bytes);
    }

    private void frame(int operation, int last, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(last | operation);
        if (bytes.length < 126) {
            out.write(0x80 | bytes.length);
        } else if (bytes.length < 65536) {
            out.write(0x80 | 126);
            out.write(bytes.length >> 8);
            out.write(bytes.length & 0xFF);
        } else {
            out.write(0x80 | 127);
            out.writeBytes(new byte[4]);
            for (int shift = 24; shift >= 0; shift -= 8) {
                out.write(bytes.length >> shift & 0xFF);
            }
        }
        out.writeBytes(MASK);
        for (int i = 0; i < bytes.length; i++) {
            out.write(bytes[i] ^ MASK[i % MASK.length]);
        }
        output().write(out.toByteArray());
        output().flush();
    }

    @Override
    int read(byte[] target) throws IOException {
        while (payloadAt == payload.length) {
            if (!nextFrame()) {
                return -1;
            }
        }
        int count = Math.min(target.length, payload.length - payloadAt);
        System.arraycopy(payload, payloadAt, target, 0, count);
        payloadAt += count;
        return count;
    }

    /** Reads one frame; false when the broker closes. A text frame from the broker is an error. */
    private boolean nextFrame() throws IOException {
        int first = input().read();
        if (first < 0) {
            return false;
        }
        int operation = first & 0x0F;
        byte[] body = exactly(length(readByte()));
        switch (operation) {
            case CONTINUATION, BINARY -> {
                payload = body;
                payloadAt = 0;
            }
            case CLOSE -> {
                frame(CLOSE, Arrays.copyOf(body, Math.min(2, body.length)));
                return false;
            }
            case PING -> frame(PONG, body);
            default -> throw new IOException("WebSocket operation: " + operation + " (expected: binary)");
        }
        return true;
    }

    private int length(int second) throws IOException {
        int length = second & 0x7F;
        int more = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (more > 0) {
            length = 0;
            for (int i = 0; i < more; i++) {
                length = length << 8 | readByte();
            }
        }
        return length;
    }

    private int readByte() throws IOException {
        int b = input().read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = input().readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
