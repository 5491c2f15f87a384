package dev.skein.connectors.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kafka broker that is its own controller (KRaft), with a log that outlives it. It makes no topic by itself. */
public final class TestKafka implements AutoCloseable {
    private final Path directory;
    private final int port = TestPorts.free();
    private final int controllerPort = TestPorts.free();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private boolean formatted;
    private @Nullable ServerProcess process;

    /** @param directory for its files; stays when it is stopped */
    public TestKafka(Path directory) {
        this.directory = directory;
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT");
        settings.put("log.dirs", directory.resolve("log").toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.cleaner.enable", "false");
        settings.put("num.network.threads", "1");
        settings.put("num.io.threads", "2");
    }

    /** Sets a key of the broker's configuration, from its next start on. */
    public TestKafka with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Clients log in with a name and password (SASL PLAIN), from the next start on. */
    public TestKafka withUser(String name, String password) {
        settings.put("listeners", "SASL_PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "SASL_PLAINTEXT://127.0.0.1:" + port);
        settings.put("inter.broker.listener.name", "SASL_PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", "PLAIN");
        settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.put(
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + name + "\" password=\""
                        + password + "\" user_" + name + "=\"" + password + "\";");
        return this;
    }

    /** Starts it, or starts it again on the same address and log. */
    public TestKafka start() {
        Path file = directory.resolve("server.properties");
        try {
            StringBuilder text = new StringBuilder();
            settings.forEach(
                    (key, value) -> text.append(key).append('=').append(value).append('\n'));
            Files.createDirectories(directory);
            Files.writeString(file, text);
            Path logging = directory.resolve("log4j2.yaml");
            Files.writeString(logging, "Configuration:\n  Loggers:\n    Root:\n      level: OFF\n");
            List<String> lines = new ArrayList<>();
            if (!formatted) {
                lines.add("kafka.tools.StorageTool#execute\tformat\t-t\tMkU3OEVBNTcwNTJENDM2Qg\t-c\t" + file);
                formatted = true;
            }
            lines.add("@kafka.Kafka\t" + file);
            process = ServerProcess.start("kafka", List.of("-Xmx256m", "-Dlog4j2.configurationFile=" + logging), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(this::answers, () -> "Kafka does not listen on " + address());
        return this;
    }

    private boolean answers() throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return true;
    }

    /** Host and port; the same after a restart. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Makes a topic. */
    public void createTopic(String topic, int partitions) {
        running().run(KafkaTopics.class.getName(), address(), topic, Integer.toString(partitions));
    }

    /** SIGKILL. */
    public void kill() {
        running().kill();
        process = null;
    }

    /** SIGSTOP: connections stay, nothing is answered. */
    public void hang() {
        running().hang();
    }

    /** Goes on after {@link #hang}. */
    public void wake() {
        running().wake();
    }

    private ServerProcess running() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
