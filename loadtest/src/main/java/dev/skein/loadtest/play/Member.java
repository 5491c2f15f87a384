package dev.skein.loadtest.play;

import dev.skein.loadtest.mqtt.ConnectOptions;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Protocol;
import dev.skein.loadtest.mqtt.Role;
import dev.skein.loadtest.mqtt.Stamp;
import dev.skein.loadtest.play.Figures.OfChannel;
import dev.skein.loadtest.play.Figures.OfFlow;
import dev.skein.loadtest.scenario.Group;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** One client through all its connections. Belongs to its event loop. */
final class Member implements Role {
    private static final int REFUSED = 0x80;
    private static final int SLOW_BYTES = 4096;

    private final Crew crew;
    private final Lane lane;
    private final GroupPlan group;
    private final int number;
    private final String clientId;
    private final @Nullable Arrivals[] arrivals;
    private final List<Sender> senders;
    private final Outbox outbox;
    /** QoS 2: identifiers whose message came and whose PUBREL has not. */
    private final BitSet unreleased = new BitSet();

    private @Nullable Connection connection;
    private boolean ready;
    private boolean leaving;
    private boolean connectedBefore;
    private boolean sweeping;
    private int willsFired;
    private long asked;
    /** Latencies count from here at the earliest: what was sent before could not arrive before. */
    private long since;

    Member(Crew crew, Lane lane, GroupPlan group, int number, @Nullable Arrivals[] arrivals, List<Sender> senders) {
        this.crew = crew;
        this.lane = lane;
        this.group = group;
        this.number = number;
        this.clientId = group.clientId(number);
        this.arrivals = arrivals;
        this.senders = List.copyOf(senders);
        this.outbox = new Outbox(this, lane, crew.time(), crew.run());
    }

    Lane lane() {
        return lane;
    }

    GroupPlan group() {
        return group;
    }

    int number() {
        return number;
    }

    List<Sender> senders() {
        return senders;
    }

    @Nullable
    Arrivals[] arrivals() {
        return arrivals;
    }

    Outbox outbox() {
        return outbox;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    /** Whether the client is connected and has its subscriptions. */
    boolean ready() {
        return ready;
    }

    Sender sender(FlowPlan plan) {
        for (Sender sender : senders) {
            if (sender.plan() == plan) {
                return sender;
            }
        }
        throw new IllegalArgumentException("flow: " + plan.name() + " (expected: one of group " + group.name() + ")");
    }

    /** A message of an open loop has its time. */
    void due(FlowPlan plan, long nanos) {
        Sender sender = sender(plan);
        outbox.due(sender, sender.nextStream(), nanos);
        if (connection != null) {
            connection.flush();
        }
    }

    /** Opens the connection; {@code at} is when it was due, in the time of the run. */
    void connect(long at, int ordinal) {
        asked = at;
        since = at;
        leaving = false;
        Access.Login login = crew.access().login(group.group().credentials(), clientId);
        ConnectOptions options = new ConnectOptions(
                group.group().clean() || sweeping,
                crew.keepAliveSeconds(),
                login.username(),
                login.password(),
                sweeping ? null : will(),
                Protocol.MQTT_3_1_1);
        if (group.group().clean()) {
            unreleased.clear();
        }
        Connection opened = new Connection(clientId, options, this);
        connection = opened;
        crew.open(lane, ordinal, opened, group.group().transport());
    }

    /** Comes back with a clean session, so that the broker forgets it. */
    void sweep(long at, int ordinal) {
        sweeping = true;
        connect(at, ordinal);
    }

    private ConnectOptions.@Nullable Will will() {
        FlowPlan plan = crew.willOf(group);
        if (plan == null) {
            return null;
        }
        ByteBuf body = Unpooled.buffer(plan.flow().size());
        Stamp.append(
                body,
                crew.run(),
                plan.index(),
                number,
                willsFired,
                0,
                plan.flow().size());
        return new ConnectOptions.Will(
                plan.topic(number),
                ByteBuffer.wrap(body.array(), 0, body.readableBytes()),
                plan.flow().qos(),
                plan.flow().retain());
    }

    @Override
    public void connected(Connection up) {
        if (sweeping) {
            becomeReady();
            return;
        }
        lane.figures().connect(crew.time().now() - asked);
        if (!up.sessionPresent()) {
            unreleased.clear();
        }
        Group own = group.group();
        if (own.readEvery() != null) {
            up.readSlowly(SLOW_BYTES, own.readEvery().toNanos());
        }
        if ((own.later() && !connectedBefore) || up.sessionPresent() || !subscribe()) {
            becomeReady();
        }
    }

    /** Sends the subscriptions; false when there are none. */
    boolean subscribe() {
        List<GroupPlan.Filter> filters = group.filters(number);
        Connection up = connection;
        if (filters.isEmpty() || up == null) {
            return false;
        }
        since = crew.time().now();
        up.subscribe(group.texts(filters), i -> filters.get(i).qos());
        up.flush();
        return true;
    }

    @Override
    public void subscribed(Connection up, int lowestGranted) {
        int lowest = group.filters(number).stream()
                .mapToInt(GroupPlan.Filter::qos)
                .min()
                .orElse(0);
        if (lowestGranted == REFUSED) {
            up.fail("SUBSCRIBE refused");
        } else if (lowestGranted < lowest) {
            up.fail("SUBSCRIBE granted at QoS " + lowestGranted + " (expected: " + lowest + ")");
        } else if (ready) {
            crew.subscribedLater();
        } else {
            becomeReady();
        }
    }

    private void becomeReady() {
        ready = true;
        crew.memberReady();
        Connection up = connection;
        if (connectedBefore && up != null && !sweeping) {
            outbox.reconnected(up, group.group().clean());
        }
        connectedBefore = true;
    }

    /** Ends the connection by plan. */
    void disconnect(boolean abrupt) {
        Connection up = connection;
        if (up == null) {
            crew.memberGone();
            return;
        }
        leaving = true;
        if (!abrupt) {
            up.disconnect();
            return;
        }
        FlowPlan will = crew.willOf(group);
        if (will != null && ready) {
            willsFired++;
            Sender sender = sender(will);
            sender.nextSequence(number * will.targets());
            lane.figures().add(OfFlow.SENT, will.index(), 1);
            lane.figures()
                    .add(
                            OfFlow.SENT_MEASURED,
                            will.index(),
                            crew.time().measures(crew.time().now()) ? 1 : 0);
            AtomicLongArray closedAt = will.closedAt();
            if (closedAt != null) {
                closedAt.set(number, crew.time().now());
            }
        }
        up.abort();
    }

    @Override
    public void closed(Connection gone, String reason) {
        boolean wasReady = ready;
        connection = null;
        ready = false;
        outbox.disconnected();
        crew.memberClosed(wasReady, leaving, reason);
    }

    @Override
    public void published(Connection from, ByteBuf in, int at, int size, int qos, int packetId, long now) {
        if (qos == 1) {
            from.puback(packetId);
        } else if (qos == 2) {
            from.pubrec(packetId);
            if (unreleased.get(packetId)) {
                return; // the same message again [MQTT-4.3.3-2], not a second delivery
            }
            unreleased.set(packetId);
        }
        if (size == 0) {
            return; // a retained message that is taken away
        }
        if (size < Stamp.SIZE || Stamp.run(in, at) != (crew.run() & 0xFFFF)) {
            lane.figures().foreign();
            return;
        }
        int flow = Stamp.flow(in, at);
        if (flow >= arrivals.length) {
            lane.figures().add(OfChannel.VIOLATIONS, group.index(), 1);
            return;
        }
        arrived(flow, in, at, size, qos, crew.time().at(now));
    }

    private void arrived(int flow, ByteBuf in, int at, int size, int qos, long now) {
        Figures figures = lane.figures();
        int channel = crew.channel(flow, group);
        Arrivals own = arrivals[flow];
        int stream = Stamp.stream(in, at);
        int source = own == null ? -1 : own.sources().find(stream);
        FlowPlan plan = crew.flow(flow);
        if (own == null || source < 0 || size != plan.flow().size() || qos != own.qos()) {
            figures.add(OfChannel.VIOLATIONS, channel, 1);
            return;
        }
        int sequence = Stamp.sequence(in, at);
        int verdict = own.accept(source, sequence);
        figures.add(OfChannel.DELIVERED, channel, 1);
        if (crew.time().measures(now)) {
            figures.add(OfChannel.DELIVERED_MEASURED, channel, 1);
        }
        if (verdict == Arrivals.DUPLICATE) {
            figures.add(OfChannel.DUPLICATES, channel, 1);
            return;
        }
        if (verdict == Arrivals.LATE) {
            figures.add(OfChannel.ORDER_BREAKS, channel, 1);
        }
        long sent = Stamp.micros(in, at) * 1000;
        AtomicLongArray closedAt = plan.closedAt();
        if (closedAt != null) {
            sent = closedAt.get(stream / plan.targets());
        }
        long begin = Math.max(sent, since);
        if (closedAt == null || sent > 0) {
            figures.latency(flow, channel, now - begin, crew.time().measures(begin));
        }
        for (FlowPlan answer : crew.answersTo(flow, group)) {
            outbox.answer(sender(answer), stream, sequence, sent);
        }
    }

    @Override
    public void pubrel(Connection from, int packetId) {
        unreleased.clear(packetId);
        from.pubcomp(packetId);
    }

    @Override
    public void puback(Connection from, int packetId) {
        outbox.puback(packetId);
    }

    @Override
    public void pubrec(Connection from, int packetId) {
        outbox.pubrec(from, packetId);
    }

    @Override
    public void pubcomp(Connection from, int packetId) {
        outbox.pubcomp(packetId);
    }

    @Override
    public void ready(Connection from, long now) {
        outbox.pump();
    }
}
