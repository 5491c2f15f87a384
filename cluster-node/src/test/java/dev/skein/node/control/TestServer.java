package dev.skein.node.control;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.net.Hosts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;

/** A control server and one for health checks alone, on free ports of this machine, with their own actor system. */
public final class TestServer implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 20;

    /** Those of {@code reference.conf}. */
    public static final HttpLimits LIMITS = HttpLimits.from(ConfigFactory.load().getConfig("skein.http"));

    private final ActorTestKit kit;
    private final ControlServer server;
    private final ControlServer health;

    private TestServer(ActorTestKit kit, ControlServer server, ControlServer health) {
        this.kit = kit;
        this.server = server;
        this.health = health;
    }

    /** Starts one; an empty {@code token} is none. */
    public static TestServer start(FakeNode node, String token) throws Exception {
        return start(node.ports(), settings(token, Duration.ofSeconds(10)));
    }

    /** Starts one. */
    public static TestServer start(ControlPorts ports, HttpSettings settings) throws Exception {
        ActorTestKit kit = ActorTestKit.create(
                "control",
                ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
        try {
            ControlServer server = ControlServer.start(kit.system(), settings, ports)
                    .toCompletableFuture()
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            ControlServer health = ControlServer.startHealth(
                            kit.system(), new HealthSettings(true, settings.hosts(), 0), settings, ports)
                    .toCompletableFuture()
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return new TestServer(kit, server, health);
        } catch (Exception e) {
            kit.shutdownTestKit();
            throw e;
        }
    }

    /** Settings of a server on any free port whose bodies may have 64 KiB. */
    public static HttpSettings settings(String token, Duration answerTimeout) {
        return new HttpSettings(true, new Hosts(List.of("127.0.0.1")), 0, token, 65_536, answerTimeout, LIMITS);
    }

    /** The actor system that it runs in. */
    public ActorSystem<Void> system() {
        return kit.system();
    }

    /** Where it listens. */
    public int port() {
        return server.address().getPort();
    }

    /** Where it listens for health checks alone. */
    public int healthPort() {
        return health.address().getPort();
    }

    /** Such as {@code http://127.0.0.1:40000}. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** The server itself. */
    public ControlServer server() {
        return server;
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
