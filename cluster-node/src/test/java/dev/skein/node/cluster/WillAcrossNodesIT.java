package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.WillDevice;
import dev.skein.node.reliability.WillWatcher;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The will of a connection is out before the client's next one has its CONNACK, also when that is on another node. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class WillAcrossNodesIT {
    private static final int DEVICES = Effort.of(8, 20);

    @TempDir
    Path home;

    @Test
    void theWillComesBeforeWhatTheNextConnectionSaysOnAnotherNode() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2);
                WillWatcher here = WillWatcher.at(cluster.node(1).address(), "here", true);
                WillWatcher there = WillWatcher.at(cluster.node(2).address(), "there", true)) {
            for (WillDevice device : devices("moving")) {
                device.connect(cluster.node(2).address());
                device.connect(cluster.node(1).address()); // takes over
                device.cut();
                device.connect(cluster.node(2).address());
                for (WillWatcher watcher : List.of(here, there)) {
                    assertThat(watcher.await(device.topic(), "on-3").of(device.topic()))
                            .containsExactly("on-1", "off-1", "on-2", "off-2", "on-3");
                }
            }

            List<WillDevice> stalled = devices("stalled");
            stalled.forEach(device -> device.connect(cluster.node(2).address()));
            cluster.node(2).stop();
            stalled.forEach(device -> device.connect(cluster.node(1).address()));
            requireOnce(here, stalled);
            cluster.node(2).proceed();
            cluster.awaitAllSteady();
            requireOnce(here, stalled);

            List<WillDevice> killed = devices("killed");
            killed.forEach(device -> device.connect(cluster.node(2).address()));
            cluster.node(2).kill();
            killed.forEach(device -> device.connect(cluster.node(1).address()));
            requireOnce(here, killed);
        }
    }

    private static List<WillDevice> devices(String name) {
        return IntStream.range(0, DEVICES)
                .mapToObj(each -> new WillDevice(name + "-" + each, each % 2 == 0, each % 3))
                .toList();
    }

    private static void requireOnce(WillWatcher watcher, List<WillDevice> devices) {
        for (WillDevice device : devices) {
            assertThat(watcher.await(device.topic(), "on-2").of(device.topic()))
                    .containsExactly("on-1", "off-1", "on-2");
        }
    }
}
