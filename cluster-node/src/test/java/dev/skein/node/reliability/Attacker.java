package dev.skein.node.reliability;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A client that means harm: it writes what it is told to and takes what comes, or does not. Any thread. */
final class Attacker implements AutoCloseable {
    private static final Duration QUIET = Duration.ofMillis(500);
    private static final int BUFFER = 64 * 1024;

    private final Socket socket;
    private final OutputStream out;
    private final AtomicLong taken = new AtomicLong();

    /** Connected to {@code port} of this machine, and nothing sent. */
    Attacker(int port) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        out = socket.getOutputStream();
    }

    /** Connected with CONNACK. */
    static Attacker connected(int port, String clientId, boolean cleanSession) throws IOException {
        Attacker attacker = new Attacker(port);
        attacker.send(Packets.connect(clientId, cleanSession, null));
        Packets.read(new DataInputStream(attacker.socket.getInputStream()));
        return attacker;
    }

    /** Takes everything that comes from now on. */
    Attacker taking() {
        Thread.ofVirtual().start(() -> {
            byte[] some = new byte[BUFFER];
            try {
                for (int n = socket.getInputStream().read(some);
                        n >= 0;
                        n = socket.getInputStream().read(some)) {
                    taken.addAndGet(n);
                }
            } catch (IOException e) {
                // closed
            }
        });
        return this;
    }

    /** Bytes taken by {@link #taking}. */
    long taken() {
        return taken.get();
    }

    /** Waits until the broker has read everything that was sent: it answers PINGREQ. For one who is {@link #taking}. */
    void sync() {
        long before = taken();
        send(Packets.pingreq());
        Waiting.until("what was sent is read", () -> taken() > before);
        Waiting.untilQuiet(QUIET, this::taken);
    }

    /** Writes; returns whether the broker still takes it. */
    boolean send(byte[] bytes) {
        try {
            out.write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone
        }
    }
}
