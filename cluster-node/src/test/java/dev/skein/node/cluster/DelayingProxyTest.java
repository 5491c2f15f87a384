package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DelayingProxyTest {
    private static final int BYTES = 300_000;

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static DelayingProxy to(ServerSocket server) throws IOException {
        return DelayingProxy.to(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 5, 40);
    }

    @Test
    void bytesArriveLateAndInOrder() throws IOException {
        byte[] bytes = new byte[BYTES];
        new Random(7).nextBytes(bytes);
        try (ServerSocket server = server();
                DelayingProxy proxy = to(server);
                Socket client = new Socket()) {
            client.connect(proxy.address());
            long begin = System.nanoTime();
            client.getOutputStream().write(bytes);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().readNBytes(BYTES)).isEqualTo(bytes);
                assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(5));
                accepted.getOutputStream().write(bytes, 0, 10);
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
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(1);
                proxy.close();
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }
}
