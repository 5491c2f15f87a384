package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DelayingProxyTest {
    private static final int BYTES = 300_000;
    private static final int MIN_MILLIS = 5;
    private static final int MAX_MILLIS = 40;

    private final AtomicLong clock = new AtomicLong();

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private DelayingProxy to(ServerSocket server) throws IOException {
        InetSocketAddress target = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        return DelayingProxy.to(target, MIN_MILLIS, MAX_MILLIS, clock::get);
    }

    /** Time is stalled but for this. */
    private void pass(int millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void bytesArriveLateAndInOrder() throws IOException {
        byte[] bytes = new byte[BYTES];
        new Random(7).nextBytes(bytes);
        try (ServerSocket server = server();
                DelayingProxy proxy = to(server);
                Socket client = new Socket()) {
            client.connect(proxy.address());
            client.getOutputStream().write(bytes);
            try (Socket accepted = server.accept()) {
                Waiting.until("all bytes at the proxy", () -> proxy.taken() == BYTES);
                pass(MIN_MILLIS - 1);
                assertThat(accepted.getInputStream().available()).isZero();
                assertThat(proxy.carried()).isZero();
                pass(MAX_MILLIS);
                assertThat(accepted.getInputStream().readNBytes(BYTES)).isEqualTo(bytes);
                accepted.getOutputStream().write(bytes, 0, 10);
                Waiting.until("the answer at the proxy", () -> proxy.taken() == BYTES + 10);
                pass(MAX_MILLIS);
                assertThat(client.getInputStream().readNBytes(10)).hasSize(10);
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(proxy.carried()).isEqualTo(BYTES + 10);
        }
    }

    @Test
    void closingEndsBothSides() throws IOException {
        try (ServerSocket server = server();
                Socket client = new Socket()) {
            DelayingProxy proxy = to(server);
            client.connect(proxy.address());
            client.getOutputStream().write(1);
            Waiting.until("the byte at the proxy", () -> proxy.taken() == 1);
            pass(MAX_MILLIS);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(1);
                proxy.close();
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }
}
