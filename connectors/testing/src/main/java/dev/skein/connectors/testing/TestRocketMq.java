package dev.skein.connectors.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A name server and a broker of RocketMQ in one process, with a store that outlives it. It makes no topic by itself
 * unless {@link #with autoCreateTopicEnable} says so.
 */
public final class TestRocketMq implements AutoCloseable {
    private final Version version;
    private final Path directory;
    private final int nameServerPort = TestPorts.free();
    private final Map<String, String> broker = new LinkedHashMap<>();
    private int brokerPort = TestPorts.free();
    private @Nullable ServerProcess process;

    /** Which servers. */
    public enum Version {
        /** The newest 4.9. */
        FOUR("rocketmq4"),
        /** The newest 5. */
        FIVE("rocketmq5");

        private final String server;

        Version(String server) {
            this.server = server;
        }
    }

    /** @param directory for its files; stays when it is stopped */
    public TestRocketMq(Version version, Path directory) {
        this.version = version;
        this.directory = directory;
        broker.put("brokerIP1", "127.0.0.1");
        broker.put("storePathRootDir", directory.resolve("store").toString());
        broker.put("storePathCommitLog", directory.resolve("store/commitlog").toString());
        broker.put("mappedFileSizeCommitLog", "67108864");
        broker.put("mappedFileSizeConsumeQueue", "600000");
        broker.put("diskMaxUsedSpaceRatio", "99");
        broker.put("autoCreateTopicEnable", "false");
        broker.put("autoCreateSubscriptionGroup", "true");
        broker.put("osPageCacheBusyTimeOutMills", "10000");
        if (version == Version.FIVE) {
            broker.put("mappedFileSizeTimerLog", "1048576");
        }
    }

    /** Sets a key of the broker's configuration, from its next start on. */
    public TestRocketMq with(String key, String value) {
        broker.put(key, value);
        return this;
    }

    /** Expects requests that are signed with these, from the next start on. RocketMQ 4 only. */
    public TestRocketMq withAccess(String accessKey, String secretKey) {
        write(
                directory.resolve("conf/plain_acl.yml"),
                "accounts:\n- accessKey: " + accessKey + "\n  secretKey: " + secretKey + "\n  admin: true\n");
        return with("aclEnable", "true");
    }

    /** Starts it, or starts it again on the same addresses and store. */
    public TestRocketMq start() {
        broker.put("namesrvAddr", nameServer());
        broker.put("listenPort", Integer.toString(brokerPort));
        broker.put("haListenPort", Integer.toString(TestPorts.free()));
        write(directory.resolve("broker.properties"), properties(broker));
        write(
                directory.resolve("namesrv.properties"),
                properties(Map.of(
                        "listenPort", Integer.toString(nameServerPort),
                        "bindAddress", "127.0.0.1",
                        "kvConfigPath", directory.resolve("kv.json").toString())));
        String noLog = "<configuration><root level=\"OFF\"/></configuration>";
        for (String name : List.of("logback_namesrv", "logback_broker", "logback_tools")) {
            write(directory.resolve("conf").resolve(name + ".xml"), noLog);
        }
        List<String> flags = new ArrayList<>(List.of(
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=1g",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Dtls.server.mode=disabled",
                "-Drocketmq.home.dir=" + directory,
                "-Drmq.logback.configurationFile=" + directory.resolve("conf/logback_broker.xml"),
                "-Duser.home=" + directory));
        process = ServerProcess.start(
                version.server,
                flags,
                List.of(
                        "org.apache.rocketmq.namesrv.NamesrvStartup\t-c\t" + directory.resolve("namesrv.properties"),
                        "org.apache.rocketmq.broker.BrokerStartup\t-c\t" + directory.resolve("broker.properties")));
        return this;
    }

    /** Host and port of the name server; the same after a restart. */
    public String nameServer() {
        return "127.0.0.1:" + nameServerPort;
    }

    /** Host and port of the broker. */
    public String broker() {
        return "127.0.0.1:" + brokerPort;
    }

    /** From the next start on the broker has another port. */
    public void moveBroker() {
        brokerPort = TestPorts.free();
    }

    /** Makes a topic. */
    public void createTopic(String topic, int queues) {
        List<String> line = new ArrayList<>(List.of("org.apache.rocketmq.tools.command.MQAdminStartup", "updateTopic"));
        line.addAll(List.of("-n", nameServer(), "-b", broker(), "-t", topic));
        line.addAll(List.of("-r", Integer.toString(queues), "-w", Integer.toString(queues)));
        if (version == Version.FIVE) {
            line.addAll(List.of("-a", "+message.type=NORMAL"));
        }
        running().run(line.toArray(new String[0]));
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

    private static String properties(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
