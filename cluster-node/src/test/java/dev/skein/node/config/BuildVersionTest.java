package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pekko.util.Version;
import org.junit.jupiter.api.Test;

class BuildVersionTest {
    @Test
    void theBuildHasWrittenAVersionThatNodesCanCompare() {
        assertThat(BuildVersion.text()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-.+)?");
        assertThat(new Version(BuildVersion.text())).isLessThan(new Version("9999.0.0"));
    }

    @Test
    void theReleaseIsNewerThanItsSnapshot() {
        assertThat(new Version("0.1.0-SNAPSHOT")).isLessThan(new Version("0.1.0"));
        assertThat(new Version("0.1.0")).isLessThan(new Version("0.2.0-SNAPSHOT"));
    }
}
