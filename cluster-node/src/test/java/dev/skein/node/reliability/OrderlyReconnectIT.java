package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a client ID in use is refused, one whose connection has ended, or is about to, is not in use. */
@Tag("mostly-waiting")
class OrderlyReconnectIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int ROUNDS = Effort.of(60, 300);

    @TempDir
    Path home;

    @Test
    void whoHasLeftIsNeverRefusedAndWhoMeetsALiveConnectionIs() throws IOException {
        try (SkeinProcess process = SkeinProcess.in(
                        home,
                        "-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                        "skein.instances.default.duplicate-client-id=reject",
                        "skein.admission.reconnects.client=0")
                .start()) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), process.mqttPort());
            for (boolean clean : new boolean[] {true, false}) {
                for (TestClient.Will will :
                        new TestClient.@Nullable Will[] {null, new TestClient.Will("w/orderly", "off", 1, true)}) {
                    reconnect(address, clean, will, true);
                    reconnect(address, clean, will, false);
                }
            }
        }
    }

    private static void reconnect(
            InetSocketAddress address, boolean clean, TestClient.@Nullable Will will, boolean orderly)
            throws IOException {
        try (TestClient client = new TestClient("device", clean, new TestClient.Listener() {});
                TestClient other = new TestClient("device", clean, new TestClient.Listener() {})) {
            client.connect(TestClient.nextConnection(), address, will, DEADLINE);
            for (int i = 0; i < ROUNDS; i++) {
                if (orderly) {
                    client.disconnect();
                } else {
                    client.cut();
                }
                assertThatCode(() -> client.connect(TestClient.nextConnection(), address, will, DEADLINE))
                        .as("round %d, clean %s, DISCONNECT %s", i, clean, orderly)
                        .doesNotThrowAnyException();
            }
            assertThatThrownBy(() -> other.connect(TestClient.nextConnection(), address, null, DEADLINE))
                    .hasMessageContaining("return code: 2");
        }
    }
}
