package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The will of a connection is out before the client's next one has its CONNACK: on one node, and over its restart. */
@Tag("mostly-waiting")
@Order(2)
class WillBeforeConnackIT {
    private static final String JAVA = "-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    private static final int ROUNDS = 40;

    @TempDir
    static Path home;

    private static @Nullable SkeinProcess process;

    enum End {
        /** The next connection takes the client ID over. */
        TAKEN_OVER,
        /** The socket is closed, and the next connection comes at once. */
        CUT
    }

    private static SkeinProcess process() {
        return Objects.requireNonNull(process);
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), process().mqttPort());
    }

    @BeforeAll
    static void start() {
        process = SkeinProcess.in(home, JAVA).start();
    }

    @AfterAll
    static void stop() {
        process().close();
    }

    @ParameterizedTest
    @EnumSource
    void theWillComesBeforeWhatTheNextConnectionSays(End end) throws IOException {
        try (WillWatcher watcher = WillWatcher.at(address(), "watcher", true)) {
            for (int i = 0; i < ROUNDS; i++) {
                try (WillDevice device = new WillDevice(end + "-" + i, i % 2 == 0, i % 3)) {
                    for (int each = 0; each < 3; each++) {
                        device.connect(address());
                        if (end == End.CUT) {
                            device.cut();
                        }
                    }
                    watcher.await(device.topic(), "on-3");
                    assertThat(watcher.of(device.topic()).subList(0, 5))
                            .containsExactly("on-1", "off-1", "on-2", "off-2", "on-3");
                }
            }
        }
    }

    @Test // [MQTT-3.1.2-10]
    void aClientThatDisconnectsAndConnectsAtOnceHasNoWillPublished() throws IOException {
        try (WillWatcher watcher = WillWatcher.at(address(), "watcher", true)) {
            for (int i = 0; i < ROUNDS; i++) {
                try (WillDevice device = new WillDevice("orderly-" + i, i % 2 == 0, i % 3)) {
                    device.connect(address()).disconnect();
                    device.connect(address()).disconnect();
                    device.connect(address());
                    watcher.await(device.topic(), "on-3");
                    assertThat(watcher.of(device.topic())).containsExactly("on-1", "on-2", "on-3");
                    device.disconnect();
                }
            }
        }
    }

    /** The wills are in the store, of an incarnation of the node that is gone. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWillOfAConnectionThatEndedWithItsNodeComesBeforeWhatTheNextSays(boolean clean) throws IOException {
        List<WillDevice> devices = new ArrayList<>();
        WillWatcher watcher = WillWatcher.at(address(), "watcher", false);
        for (int i = 0; i < ROUNDS; i++) {
            devices.add(new WillDevice("killed-" + clean + i, clean, i % 2 + 1).connect(address()));
        }
        process().kill();
        process().start();
        for (WillDevice device : devices) {
            device.connect(address()); // while wills are published, and before
        }
        watcher.connect(address());
        for (WillDevice device : devices) {
            watcher.await(device.topic(), "on-2");
            assertThat(watcher.of(device.topic())).endsWith("off-1", "on-2");
        }
        try (WillWatcher fresh = WillWatcher.at(address(), "fresh", true)) {
            for (WillDevice device : devices) {
                assertThat(fresh.await(device.topic(), "on-2").of(device.topic()))
                        .containsExactly("on-2");
            }
        }
        devices.forEach(WillDevice::close);
        watcher.close();
    }
}
