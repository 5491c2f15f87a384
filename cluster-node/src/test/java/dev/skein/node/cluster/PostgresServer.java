package dev.skein.node.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL with one database, on a port and a directory that outlive its ends. Commits are flushed to the
 * kernel and not to the disk: it is the process that dies here, not the machine. Used by one thread at a time.
 */
final class PostgresServer implements AutoCloseable {
    /** Where it listens. */
    static final String HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final String USER = "postgres";
    private static final int PORTS_FROM = 20_000;
    private static final int PORTS = 10_000;
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final Duration END_DEADLINE = Duration.ofSeconds(30);

    private final Path directory;
    private final Path data;
    private final Path writeAheadLog;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    private PostgresServer(Path directory, Path data, Path writeAheadLog, int port) {
        this.directory = directory;
        this.data = data;
        this.writeAheadLog = writeAheadLog;
        this.port = port;
    }

    /** A server with an empty database, started. */
    static PostgresServer in(Path directory) throws IOException {
        Path data = directory.resolve("postgres");
        return in(directory, data, data.resolve("pg_wal"));
    }

    /** As {@link #in}; data and the log of all commits each have a directory, on whatever disk. */
    static PostgresServer in(Path directory, Path data, Path writeAheadLog) throws IOException {
        PostgresServer postgres = new PostgresServer(directory, data, writeAheadLog, freePort());
        postgres.start();
        return postgres;
    }

    /** Below those that outgoing connections are given: a server that is down for a while finds its own free. */
    private static int freePort() throws IOException {
        Random random = new Random(ProcessHandle.current().pid() * 31 + System.nanoTime());
        while (true) {
            int port = PORTS_FROM + random.nextInt(PORTS);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException e) {
                LOG.info("port {} is in use", port);
            }
        }
    }

    /** Starts it on what is in its directory. */
    void start() throws IOException {
        File log = directory.resolve("postgres.log").toFile();
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(new File("target/embedded-pg").getAbsoluteFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(true)
                .setDataDirectoryCustomizer(PostgresServer::trustLoopback)
                .setPort(port)
                .setPGStartupWait(START_DEADLINE)
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log))
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log))
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "on") // the embedded server's default is off
                .setServerConfig("max_connections", "200");
        if (!writeAheadLog.startsWith(data)) {
            builder.setLocaleConfig("waldir", writeAheadLog.toString()) // an option of initdb, as those of the locale
                    .setLocaleConfig("wal-segsize", "1") // MiB
                    .setServerConfig("wal_keep_size", "10GB"); // nothing of it is removed: it fills its disk
        }
        server = builder.start();
    }

    /** Starts it if it has ended by itself; false when it was alive. */
    boolean startIfDown() throws IOException {
        if (Files.exists(pidFile()) && postmaster().isAlive()) {
            return false;
        }
        close(); // of the handle
        start();
        return true;
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    /** Each node comes from a loopback address of its own. */
    private static void trustLoopback(File data) {
        Path file = data.toPath().resolve("pg_hba.conf");
        String rule = "host all all 127.0.0.0/8 trust\n";
        try {
            if (!Files.readString(file).contains(rule)) {
                Files.writeString(file, rule, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a node at {@code host} is given; its connections come from that address, so that they can be cut. */
    String url(String host) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/postgres?localSocketAddress=" + host;
    }

    int port() {
        return port;
    }

    String user() {
        return USER;
    }

    /** SIGKILL to all its processes. */
    void kill() throws IOException {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> all = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(postmaster);
        for (ProcessHandle each : all) {
            awaitEnd(each);
        }
        close(); // of the handle: there is nothing left to stop
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(END_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("process: " + process.pid() + " alive (expected: ended)", e);
        }
    }

    /** SIGSTOP or SIGCONT to all its processes. */
    void signal(String name) throws IOException, InterruptedException {
        ProcessHandle postmaster = postmaster();
        StringBuilder pids = new StringBuilder(Long.toString(postmaster.pid()));
        postmaster.descendants().forEach(each -> pids.append(' ').append(each.pid()));
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pids).start().waitFor();
    }

    private ProcessHandle postmaster() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).getFirst().strip());
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.orElseThrow(() -> new IllegalStateException("postmaster: " + pid + " (expected: alive)"));
    }

    /** Ends it in order, connections notwithstanding. */
    void stop() throws IOException {
        Objects.requireNonNull(server).close();
        server = null;
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                stop();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
