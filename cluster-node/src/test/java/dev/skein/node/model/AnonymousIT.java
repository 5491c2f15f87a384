package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in without credentials; the addresses of clients come by the PROXY protocol. */
class AnonymousIT {
    private static final String SETTINGS = """
            skein.listeners.mqtt.proxy-protocol = true
            skein.instances.default.access-keys = [{ id = YYYYY, secret = XXXXX }]
            """;

    private static final String HERE = "PROXY TCP4 127.0.0.1 127.0.0.1 40000 1883\r\n";
    private static final String HERE_IN_SIX = "PROXY TCP6 ::1 ::1 40000 1883\r\n";
    private static final String ELSEWHERE = "PROXY TCP4 203.0.113.7 127.0.0.1 40000 1883\r\n";

    @Test
    void defaultInstanceAdmitsStrangersOfThisMachineOnly(@TempDir Path directory) {
        try (ModelNode node = ModelNode.start(directory, SETTINGS)) {
            assertThat(code(node.stranger("here").preamble(HERE))).isZero();
            assertThat(code(node.stranger("six").preamble(HERE_IN_SIX))).isZero();
            assertThat(code(node.stranger("away").preamble(ELSEWHERE))).isEqualTo(5);
            assertThat(code(node.stranger("away").preamble(ELSEWHERE).login("", "")))
                    .isEqualTo(5);
            assertThat(code(node.device("default", "away").preamble(ELSEWHERE))).isZero();
        }
    }

    private static int code(Device device) {
        try (device) {
            return device.tryConnect().code();
        }
    }
}
