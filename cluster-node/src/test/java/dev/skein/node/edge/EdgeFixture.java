package dev.skein.node.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.admission.Admission;
import dev.skein.node.admission.AdmissionSettings;
import dev.skein.node.admission.Budget;
import dev.skein.node.reliability.Waiting;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Listeners on free ports of 127.0.0.1 that send back what they get. The client's {@code bye} makes the server close.
 * What is counted can be waited for.
 */
final class EdgeFixture implements AutoCloseable {

    static final int DEADLINE_SECONDS = 10;

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final BlockingQueue<ConnectionInfo> connections = new LinkedBlockingQueue<>();
    final Budget handshakes;
    final AtomicBoolean failInit = new AtomicBoolean();
    private final EventLoops loops;
    final Listeners listeners;

    private EdgeFixture(String overrides) throws Exception {
        Config skein = config(overrides);
        AdmissionSettings admission = AdmissionSettings.from(skein.getConfig("admission"), 1);
        handshakes = Admission.of(admission, System::nanoTime, _ -> _ -> {}).handshakes();
        EdgeSettings edge = EdgeSettings.from(skein.getConfig("edge"));
        loops = EventLoops.create(edge);
        try {
            listeners = Listeners.open(
                            loops,
                            ListenerSettings.from(skein),
                            TlsSettings.from(skein.getConfig("tls")),
                            edge,
                            this::init,
                            new Recorder(),
                            new ConnectionMemory(edge.memoryMax()),
                            handshakes)
                    .toCompletableFuture()
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            stopLoops();
            throw e;
        }
    }

    /** Starts with {@code overrides} of the keys below {@code skein}; ports are 0, two event loops. */
    static EdgeFixture start(String... overrides) throws Exception {
        return new EdgeFixture(String.join("\n", overrides));
    }

    /** The section {@code skein} of reference.conf with ports 0 and overrides. */
    static Config config(String overrides) {
        String ports = "listeners { mqtt.port = 0, mqtts.port = 0, ws.port = 0, wss.port = 0 }, edge.event-loops = 2\n";
        return ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.parseString(ports))
                .withFallback(ConfigFactory.parseResources("reference.conf").getConfig("skein"))
                .resolve();
    }

    private void init(Channel channel, ConnectionInfo info) {
        if (failInit.get()) {
            throw new IllegalStateException("not today");
        }
        connections.add(info);
        channel.pipeline().addLast(new Echo());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel, and tests see that.
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            boolean bye = ((ByteBuf) msg).toString(StandardCharsets.US_ASCII).endsWith("bye");
            ctx.writeAndFlush(msg, ctx.voidPromise());
            if (bye) {
                ctx.channel().close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private final class Recorder implements EdgeCounters {
        private volatile @Nullable String expiredLists;

        @Override
        public void accepted(String listener) {
            events.add("accepted " + listener);
        }

        @Override
        public void closed(String listener) {
            events.add("closed " + listener);
        }

        @Override
        public void refused(String listener, String reason) {
            events.add("refused " + listener + " " + reason);
        }

        @Override
        public void tlsHandshakeFailed(String listener, String reason) {
            events.add("tls " + listener + " " + reason);
        }

        @Override
        public void acceptPaused(String listener) {
            events.add("paused " + listener);
        }

        @Override
        public void certificateInUse(Instant validUntil) {
            // NodeMetricsTest looks at the gauge
        }

        @Override
        public void revocationsInUse(@Nullable Instant until, @Nullable String expired) {
            if (expired != null && !expired.equals(expiredLists)) {
                events.add("expired " + until);
            }
            expiredLists = expired;
        }

        @Override
        public void certificatesReloaded(boolean success) {
            events.add("reloaded " + success);
        }
    }

    InetSocketAddress address(String listener) {
        return listeners.bound().stream()
                .filter(one -> one.name().equals(listener))
                .findFirst()
                .orElseThrow()
                .address();
    }

    int port(String listener) {
        return address(listener).getPort();
    }

    Socket connect(String listener) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(DEADLINE_SECONDS * 1000);
        socket.connect(address(listener), DEADLINE_SECONDS * 1000);
        return socket;
    }

    /** Waits until so many handshakes are in progress and so many wait. */
    void awaitHandshakes(int inProgress, int waiting) {
        Waiting.until("handshakes", Duration.ofSeconds(DEADLINE_SECONDS), () -> {
            Budget.Figures now = handshakes.figures();
            return now.inProgress() == inProgress && now.waiting() == waiting;
        });
    }

    /** Waits until this was counted; what was counted before it is forgotten. */
    void await(String event) throws InterruptedException {
        List<String> others = new ArrayList<>();
        for (String next = poll(); next != null; next = poll()) {
            if (next.equals(event)) {
                return;
            }
            others.add(next);
        }
        throw new AssertionError("not counted: " + event + " (but: " + others + ")");
    }

    private @Nullable String poll() throws InterruptedException {
        return events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    ConnectionInfo nextConnection() throws InterruptedException {
        ConnectionInfo info = connections.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (info == null) {
            throw new AssertionError("no connection came");
        }
        return info;
    }

    /** The bytes written in hexadecimal digits, as a text of ISO 8859-1; blanks are for the reader. */
    static String hex(String digits) {
        return new String(HexFormat.of().parseHex(digits.replace(" ", "")), StandardCharsets.ISO_8859_1);
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends and checks that the same comes back. */
    static String echo(Socket socket, String text) throws IOException {
        send(socket, text);
        return receive(socket, text.length());
    }

    static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed: the end of the stream or a reset. */
    static boolean isClosed(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            in.readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        listeners.close();
        stopLoops();
    }

    private void stopLoops() {
        try {
            loops.shutdown(Duration.ZERO, Duration.ofSeconds(DEADLINE_SECONDS))
                    .toCompletableFuture()
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The event loops did not end", e);
        }
    }
}
