package dev.skein.node.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Passes connections on to one address, each piece of bytes some time late, in both directions and in order. What is on
 * its way is bounded: a sender that is ahead waits. Thread-safe.
 */
final class DelayingProxy implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;
    /** Pieces on their way in one direction of a connection. */
    private static final int CHUNKS = 256;

    private static final int CONNECT_MILLIS = 5000;

    private final InetSocketAddress target;
    private final int minMillis;
    private final int maxMillis;
    private final LongSupplier nanos;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong carried = new AtomicLong();
    private volatile boolean closed;

    private DelayingProxy(InetSocketAddress target, int minMillis, int maxMillis, LongSupplier nanos)
            throws IOException {
        this.target = target;
        this.minMillis = minMillis;
        this.maxMillis = maxMillis;
        this.nanos = nanos;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("delay-" + target).start(this::accept);
    }

    /** Listens at a free port; the delay of each piece is drawn anew, {@code maxMillis} at the most. */
    static DelayingProxy to(InetSocketAddress target, int minMillis, int maxMillis) throws IOException {
        return to(target, minMillis, maxMillis, System::nanoTime);
    }

    /** As {@link #to(InetSocketAddress, int, int)}, with a clock of its own. */
    static DelayingProxy to(InetSocketAddress target, int minMillis, int maxMillis, LongSupplier nanos)
            throws IOException {
        return new DelayingProxy(target, minMillis, maxMillis, nanos);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Bytes that have come so far, whether they were passed on or not. */
    long taken() {
        return taken.get();
    }

    /** Bytes that were passed on so far. */
    long carried() {
        return carried.get();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        Socket server = new Socket();
        sockets.add(client);
        sockets.add(server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_MILLIS);
            if (closed) {
                throw new IOException("closed");
            }
            new Direction(client, server).start();
            new Direction(server, client).start();
        } catch (IOException e) {
            end(client, server);
        }
    }

    private void end(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                // it is gone in any case
            }
        }
    }

    /** Ends all connections; bytes on their way are lost. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            // it is gone in any case
        }
        sockets.forEach(socket -> end(socket, socket));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(long dueNanos, byte[] bytes) {}

    /** One direction of a connection: a reader and a writer, and what is on its way between them. */
    private final class Direction {
        private static final byte[] END = new byte[0];

        private final Socket from;
        private final Socket to;
        private final Random random = new Random(target.getPort());
        private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(CHUNKS);

        Direction(Socket from, Socket to) {
            this.from = from;
            this.to = to;
        }

        void start() {
            Thread writer = Thread.ofVirtual().start(this::write);
            Thread.ofVirtual().start(() -> read(writer));
        }

        private void read(Thread writer) {
            byte[] buffer = new byte[CHUNK];
            try (InputStream in = from.getInputStream()) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    put(Arrays.copyOf(buffer, count));
                }
                put(END);
            } catch (IOException e) {
                end(from, to);
                writer.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void put(byte[] bytes) throws InterruptedException, IOException {
            long delay = TimeUnit.MILLISECONDS.toNanos(minMillis + random.nextInt(maxMillis - minMillis + 1));
            Piece piece = new Piece(nanos.getAsLong() + delay, bytes);
            while (!pieces.offer(piece, maxMillis, TimeUnit.MILLISECONDS)) {
                if (from.isClosed()) {
                    throw new IOException("closed");
                }
            }
            taken.addAndGet(bytes.length);
        }

        private void write() {
            try (OutputStream out = to.getOutputStream()) {
                for (Piece piece = pieces.take(); piece.bytes().length > 0; piece = pieces.take()) {
                    for (long left = left(piece); left > 0; left = left(piece)) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(piece.bytes());
                    carried.addAndGet(piece.bytes().length);
                }
            } catch (IOException | InterruptedException e) {
                // either side has gone
            }
            end(from, to);
        }

        private long left(Piece piece) {
            return closed ? 0 : piece.dueNanos() - nanos.getAsLong();
        }
    }
}
