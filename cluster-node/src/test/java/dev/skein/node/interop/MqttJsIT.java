package dev.skein.node.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * MQTT.js over TCP and WebSocket, by the script in {@code src/test/js}: one line {@code ok name} or {@code not ok name:
 * why} for each of its checks. Skipped where Node.js, npm or the package registry is missing.
 */
@ExtendWith(BrokerExtension.class)
class MqttJsIT {
    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(3);
    private static final Duration SCRIPT_DEADLINE = Duration.ofMinutes(2);
    private static final Path SOURCE = Path.of("src", "test", "js");
    private static final Path TARGET = Path.of("target", "mqttjs");
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "interop.mjs");

    @TestFactory
    List<DynamicTest> checks(BrokerUnderTest broker) throws Exception {
        assumeTrue(Tool.isInstalled("node") && Tool.isInstalled("npm"), "Node.js or npm is not installed");
        install();
        try (Tool script = Tool.start(
                TARGET, List.of("node", "interop.mjs", broker.host(), "" + broker.mqttPort(), "" + broker.wsPort()))) {
            int code = script.end(SCRIPT_DEADLINE);
            String output = script.output();
            List<DynamicTest> tests = output.lines()
                    .filter(line -> line.startsWith("ok ") || line.startsWith("not ok "))
                    .map(line -> DynamicTest.dynamicTest(
                            line.replaceFirst("^(not )?ok ", ""),
                            () -> assertThat(line).startsWith("ok ")))
                    .toList();
            assertThat(tests).as("exit code %d, output:%n%s", code, output).isNotEmpty();
            return tests;
        }
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(TARGET);
        for (String file : FILES) {
            Files.copy(SOURCE.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        try (Tool npm = Tool.start(TARGET, List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"))) {
            if (npm.end(INSTALL_DEADLINE) != 0) {
                String output = npm.output();
                if (output.contains("ENOTFOUND") || output.contains("EAI_AGAIN") || output.contains("ECONNREFUSED")) {
                    abort("npm ci cannot reach its registry:\n" + output);
                }
                throw new AssertionError("npm ci failed:\n" + output);
            }
        }
    }
}
