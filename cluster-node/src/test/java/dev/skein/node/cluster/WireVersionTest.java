package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import java.util.List;
import org.apache.pekko.util.Version;
import org.junit.jupiter.api.Test;

class WireVersionTest {
    @Test
    void aNodeTellsItsBuildAndTheFramesThatItReads() {
        for (String build : List.of("0.1.0-SNAPSHOT", "1.2.3", "0.1.0-rc1")) {
            String told = new Version(WireVersion.of(build)).version(); // as gossip carries it

            assertThat(WireVersion.frames(told)).isEqualTo(Frame.VERSION);
            assertThat(WireVersion.build(told)).isEqualTo(build);
        }
    }

    @Test
    void aNodeOfTheFirstVersionTellsItsBuildAlone() {
        for (String told : List.of("0.1.0-SNAPSHOT", "0.0.0", "0.1.0+frames", "0.1.0+framesx")) {
            assertThat(WireVersion.frames(new Version(told).version())).isEqualTo(1);
            assertThat(WireVersion.build(told)).isEqualTo(told);
        }
    }

    @Test // Pekko starts shards on the newest nodes of a rolling upgrade
    void aNewerBuildIsNewerWhateverItReads() {
        assertThat(new Version(WireVersion.of("0.2.0"))).isGreaterThan(new Version("0.1.0+frames9"));
    }
}
