package dev.skein.docs;

import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.StartCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine as the documents want it, within this one: its own loopback addresses, so that the printed ports are free,
 * its own processes, and a PostgreSQL as Debian sets it up. Needs root, and what {@code .ci/run} installs.
 */
final class Machine implements AutoCloseable {
    private static final String SET_UP = """
            set -e
            ip link set lo up
            for place in /etc/postgresql /var/lib/postgresql /var/log/postgresql /run/postgresql; do
              mkdir -p $place
              mount -t tmpfs -o mode=755 tmpfs $place
              chown postgres:postgres $place
            done
            version=$(ls /usr/lib/postgresql | sort -n | tail -1)
            pg_createcluster "$version" main --port 5432 -o fsync=off -o shared_buffers=16MB --start >&2
            echo up
            exec sleep 900
            """;

    private final Path home;
    private final Process holder;
    private final List<Terminal> terminals = new ArrayList<>();

    private Machine(Path home, Process holder) {
        this.home = home;
        this.holder = holder;
    }

    /** Whether this machine can hold another one. */
    static boolean isPossible() {
        return "root".equals(System.getProperty("user.name"))
                && Files.isDirectory(Path.of("/usr/lib/postgresql"))
                && List.of("unshare", "nsenter", "ip", "sudo", "pg_createcluster", "mosquitto_sub", "curl").stream()
                        .allMatch(Machine::isInstalled)
                && succeeds("unshare", "--net", "--mount", "--pid", "--fork", "true");
    }

    private static boolean isInstalled(String program) {
        return succeeds("sh", "-c", "command -v " + program);
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** @param home becomes the checkout: what is built is there, and what nodes write stays there */
    static Machine in(Path home) throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x")); // sudo changes to it
        Path checkout = Path.of("..").toAbsolutePath().normalize();
        for (String part : List.of("cluster-node", "loadtest", "config", "docs", "k8s")) {
            Files.createSymbolicLink(home.resolve(part), checkout.resolve(part));
        }
        Process holder = new ProcessBuilder(
                        "unshare",
                        "--net",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "sh",
                        "-c",
                        SET_UP)
                .redirectError(home.resolve("set-up.log").toFile())
                .start();
        Machine machine = new Machine(home, holder);
        BufferedReader output = holder.inputReader();
        if (!"up".equals(output.readLine())) {
            machine.close();
            throw new IllegalStateException(
                    "machine: " + Files.readString(home.resolve("set-up.log")) + " (expected: up)");
        }
        return machine;
    }

    /** One more terminal, in the checkout. */
    Terminal terminal() throws IOException {
        long inside = holder.children().findFirst().orElseThrow().pid();
        ProcessBuilder builder = new ProcessBuilder(
                        "nsenter", "--net", "--mount", "--pid", "--target", Long.toString(inside), "bash")
                .directory(home.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("SKEIN_"));
        environment.put("SKEIN_AOT", StartCache.use());
        environment.put("SKEIN_JAVA_OPTS", SkeinProcess.QUICK_START);
        environment.put("PGPASSWORD", "choose-one"); // instead of typing it
        Terminal terminal = new Terminal(builder);
        terminals.add(terminal);
        terminal.type("cd " + home);
        return terminal;
    }

    /** Ends it with all its processes. */
    @Override
    public void close() {
        terminals.forEach(Terminal::close);
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly();
    }
}
