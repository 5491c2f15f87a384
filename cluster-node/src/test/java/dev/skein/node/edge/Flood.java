package dev.skein.node.edge;

import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A client that sends the same over and over, from a thread of its own, and reads only when it is told to. */
final class Flood implements AutoCloseable {
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** What stands in it tells nothing of the broker. */
    private static final int SEND_BUFFER = 64 * 1024;

    /** Sends once more; blocks while nobody takes it. */
    interface Sender {
        /** Returns how many bytes it was. */
        int send() throws IOException;
    }

    private final Socket socket;
    private final long max;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean broken;

    /** Sends until {@code max} bytes are through. */
    Flood(Socket socket, long max, Sender sender) throws IOException {
        this.socket = socket;
        socket.setSendBufferSize(SEND_BUFFER);
        this.max = max;
        var _ = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (sent.get() < max) {
                    sent.addAndGet(sender.send());
                }
            } catch (IOException e) {
                broken = true;
            }
        });
    }

    static Flood of(Socket socket, long max, byte[] packet, int times) throws IOException {
        byte[] many = new byte[packet.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(packet, 0, many, i * packet.length, packet.length);
        }
        OutputStream out = socket.getOutputStream();
        return new Flood(socket, max, () -> {
            out.write(many);
            return many.length;
        });
    }

    /** CONNECT of MQTT 3.1.1 with a clean session and keep-alive 0. */
    static byte[] connect(String clientId) {
        byte[] id = clientId.getBytes(StandardCharsets.US_ASCII);
        byte[] packet = new byte[14 + id.length];
        byte[] head = {0x10, (byte) (12 + id.length), 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, (byte) id.length};
        System.arraycopy(head, 0, packet, 0, head.length);
        System.arraycopy(id, 0, packet, head.length, id.length);
        return packet;
    }

    /** Waits until nothing more goes through; returns how much did. */
    long untilBlocked() {
        Waiting.untilQuiet(QUIET, sent::get);
        return sent.get();
    }

    boolean isOver() {
        return sent.get() >= max;
    }

    boolean isBroken() {
        return broken;
    }

    /** Reads until {@code more} bytes have gone through since. */
    void readUntilSent(long more) throws IOException {
        long goal = Math.min(max, sent.get() + more);
        byte[] buffer = new byte[64 * 1024];
        while (sent.get() < goal) {
            if (socket.getInputStream().read(buffer) < 0) {
                throw new IOException("closed by the broker");
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
