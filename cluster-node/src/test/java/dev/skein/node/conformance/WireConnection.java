package dev.skein.node.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** One raw client connection. Confined to the thread of its case. */
class WireConnection implements AutoCloseable {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    /** What came next on a connection. */
    sealed interface Received {
        /** One whole control packet. */
        final class Packet implements Received {
            private final byte[] bytes;

            Packet(byte[] bytes) {
                this.bytes = bytes;
            }

            byte[] bytes() {
                return bytes;
            }
        }

        /** The broker closed the connection; {@code left} bytes of an unfinished packet came before. */
        record Closed(int left) implements Received {}

        /** Nothing whole came within the deadline. */
        record Nothing() implements Received {}
    }

    private final Socket socket;
    private final Deque<Received.Packet> kept = new ArrayDeque<>();
    private byte[] buffer = new byte[8192];
    private int filled;
    private long lastSent = System.nanoTime();

    /** Connects to {@code port} of {@code host}. */
    WireConnection(String host, int port) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(host, port), (int) CONNECT_DEADLINE.toMillis());
    }

    /** Bytes from the peer that are MQTT; -1 at the end. */
    int read(byte[] target) throws IOException {
        return input().read(target);
    }

    /** Sends MQTT bytes as one segment. */
    void write(byte[] bytes) throws IOException {
        output().write(bytes);
        output().flush();
    }

    final InputStream input() throws IOException {
        return socket.getInputStream();
    }

    final OutputStream output() throws IOException {
        return socket.getOutputStream();
    }

    final void deadline(Duration left) throws IOException {
        socket.setSoTimeout((int) Math.max(1, left.toMillis()));
    }

    /** Sends {@code bytes}. A broker that has closed already is not an error: the next step finds out. */
    final void send(byte[] bytes) {
        lastSent = System.nanoTime();
        try {
            write(bytes);
        } catch (IOException e) {
            // Refused while we wrote; `closed` sees it.
        }
    }

    /** Time since we last began to send something: the broker cannot have begun to wait earlier. */
    final Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastSent);
    }

    /** The next control packet, or that there is none within {@code deadline}. */
    final Received receive(Duration deadline) {
        Received.Packet first = kept.poll();
        return first != null ? first : receiveNext(deadline);
    }

    /** Gives back packets that were read too early. */
    final void putBack(List<Received.Packet> packets) {
        packets.reversed().forEach(kept::addFirst);
    }

    private Received receiveNext(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        byte[] chunk = new byte[16384];
        while (true) {
            int size = frameSize();
            if (size > 0 && size <= filled) {
                return new Received.Packet(remove(size));
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return new Received.Nothing();
            }
            int count;
            try {
                deadline(left);
                count = read(chunk);
            } catch (SocketTimeoutException e) {
                return new Received.Nothing();
            } catch (IOException e) {
                count = -1; // a reset is a close
            }
            if (count < 0) {
                return new Received.Closed(filled);
            }
            append(chunk, count);
        }
    }

    private void append(byte[] chunk, int count) {
        if (filled + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, filled + count));
        }
        System.arraycopy(chunk, 0, buffer, filled, count);
        filled += count;
    }

    private byte[] remove(int size) {
        byte[] packet = Arrays.copyOf(buffer, size);
        System.arraycopy(buffer, size, buffer, 0, filled - size);
        filled -= size;
        return packet;
    }

    /** Size of the packet that begins the buffer; 0 while unknown. */
    private int frameSize() {
        int length = 0;
        for (int i = 1; i < Math.min(filled, 5); i++) {
            length |= (buffer[i] & 0x7F) << (7 * (i - 1));
            if (buffer[i] >= 0) {
                return 1 + i + length;
            }
        }
        return 0;
    }

    /** Ends our direction in the orderly way (FIN). */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Drops the connection (RST). */
    final void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public final void close() throws IOException {
        socket.close();
    }
}
