package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.SkeinProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A node that is to have no others has no port for them. */
@Tag("mostly-waiting")
@EnabledOnOs(OS.LINUX)
class LoneNodeIT {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    private static final Pattern LISTENING = Pattern.compile(
            "^\\s*\\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A .*? \\d+ +\\d+ (\\d+) .*", Pattern.MULTILINE);

    @TempDir
    private Path home;

    @Test
    void listensForClientsAndTheControlApiAndNothingElse() throws IOException {
        try (SkeinProcess node = SkeinProcess.in(home, "-Xmx256m", "skein.cluster.port=25520")) {
            node.start();
            assertThat(ports(node.pid())).containsExactlyInAnyOrder(node.mqttPort(), node.httpPort());
            assertThat(node.get("/api/v1/cluster").body()).contains("\"status\":\"up\"");
            assertThat(node.log()).doesNotContain(" WARN ", " ERROR ");
        }
    }

    /** TCP ports at which the process listens. */
    private static Set<Integer> ports(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files.toList()) {
                Matcher socket = SOCKET.matcher(target(file));
                if (socket.matches()) {
                    sockets.add(socket.group(1));
                }
            }
        }
        Set<Integer> ports = new TreeSet<>();
        for (String table : new String[] {"tcp", "tcp6"}) {
            Matcher line = LISTENING.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "net", table)));
            while (line.find()) {
                if (sockets.contains(line.group(2))) {
                    ports.add(Integer.parseInt(line.group(1), 16));
                }
            }
        }
        return ports;
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
