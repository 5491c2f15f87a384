package dev.skein.loadtest.play;

import dev.skein.loadtest.mqtt.ConnectOptions;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Role;
import dev.skein.loadtest.mqtt.Stamp;
import dev.skein.loadtest.mqtt.Transport;
import dev.skein.loadtest.scenario.Group;
import dev.skein.loadtest.scenario.Group.Subscription;
import dev.skein.loadtest.scenario.Group.Wire;
import dev.skein.loadtest.scenario.Scenario;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tries out whether a broker has what a scenario would use, with a client of a group that needs it. */
public final class Probe {
    private static final long ANSWER_SECONDS = 2;
    private static final int SOME_FLOW = 0xFF;

    private final Scenario scenario;
    private final Access access;

    /** Nothing connects yet. */
    public Probe(Scenario scenario, Access access) {
        this.scenario = scenario;
        this.access = access;
    }

    /** The settings with what the broker has; what it lacks is added to {@code notes}. */
    public RunSettings settings(RunSettings asked, List<String> notes) {
        Plan plan = new Plan(scenario, asked.with(true, true));
        boolean p2p = true;
        boolean shares = true;
        for (FlowPlan flow : plan.flows()) {
            GroupPlan addressed = flow.addressed();
            if (p2p && addressed != null) {
                // a number that no member has
                String client = addressed.clientId(addressed.count());
                p2p = comesBack(addressed.group(), client, null, FlowPlan.p2pTopic(parent(flow), client));
                if (!p2p) {
                    notes.add("the broker delivers no P2P messages: their receivers subscribe to the same topics");
                }
            }
        }
        for (GroupPlan group : plan.groups()) {
            for (Subscription each : group.group().subscriptions()) {
                String name = each.shared();
                if (shares && name != null) {
                    String topic = each.filter().split("/", 2)[0] + "/probe/" + group.clientId(group.count());
                    shares = comesBack(
                            group.group(), group.clientId(group.count()), "$share/" + name + "/" + topic, topic);
                    if (!shares) {
                        notes.add("the broker has no shared subscriptions: the topics are dealt out instead");
                    }
                }
            }
        }
        return asked.with(p2p, shares);
    }

    private static String parent(FlowPlan flow) {
        String topic = flow.topic(0);
        return topic.substring(0, topic.indexOf("/p2p/"));
    }

    /** Whether a client that subscribes to {@code filter}, or to nothing, gets what it publishes to {@code topic}. */
    private boolean comesBack(Group group, String clientId, @Nullable String filter, String topic) {
        Transport.Way way = access.way(Wire.ANY);
        Prober prober = new Prober(filter, topic);
        Access.Login login = access.login(group.credentials(), clientId);
        ConnectOptions options = new ConnectOptions(true, 60, login.username(), login.password());
        Connection connection = new Connection(clientId, options, prober);
        try (Transport transport = Transport.start(1, way.brokers(), access.sources(), way.tls())) {
            transport.open(transport.loops().getFirst(), 0, connection, access.way(group.transport()));
            return prober.over.await(ANSWER_SECONDS, TimeUnit.SECONDS) && prober.came;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static final class Prober implements Role {
        private final List<String> filters = new ArrayList<>();
        private final String topic;
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean came;

        Prober(@Nullable String filter, String topic) {
            if (filter != null) {
                filters.add(filter);
            }
            this.topic = topic;
        }

        @Override
        public void connected(Connection connection) {
            if (filters.isEmpty()) {
                publish(connection);
            } else {
                connection.subscribe(filters, 1);
                connection.flush();
            }
        }

        @Override
        public void subscribed(Connection connection, int lowestGranted) {
            publish(connection);
        }

        private void publish(Connection connection) {
            ByteBuf out = connection.publish(topic.getBytes(StandardCharsets.UTF_8), 1, false, false, 1, Stamp.SIZE);
            Stamp.append(out, 0, SOME_FLOW, 0, 0, 0, Stamp.SIZE);
            connection.flush();
        }

        @Override
        public void published(Connection from, ByteBuf in, int at, int size, int qos, int packetId, long now) {
            if (qos == 1) {
                from.puback(packetId);
            }
            from.disconnect();
            came = true;
            over.countDown();
        }

        @Override
        public void closed(Connection connection, String reason) {
            over.countDown();
        }
    }
}
