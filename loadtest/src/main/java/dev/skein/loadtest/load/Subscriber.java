package dev.skein.loadtest.load;

import dev.skein.loadtest.load.DeliveryWindow.Share;
import dev.skein.loadtest.load.SequenceCheck.Verdict;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.MessageProperties;
import dev.skein.loadtest.mqtt.Payload;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Receives, acknowledges and checks. Belongs to its event loop. */
final class Subscriber extends Client {
    /** How much later than its expiry a message may come: time on the way to the broker and from it. */
    private static final long EXPIRY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int number;
    private final Topology topology;
    private final List<String> filters;
    private final int qos;
    private final int size;
    private final MessageProperties properties;
    private final long expiryNanos;
    private final long signature;
    /** For each publisher its share on this loop; null where deliveries open no window. */
    private final Share @Nullable [] shares;

    private final SequenceCheck check;
    /** Of all members; null for a subscriber that shares with nobody. */
    private final @Nullable GroupCheck group;

    /** QoS 2: identifiers whose message came and whose PUBREL has not. */
    private final BitSet unreleased = new BitSet();

    private @Nullable RunClock clock;
    private int batch;
    private int batchDistinct;
    private long received;

    Subscriber(
            Loop loop,
            Fleet fleet,
            String clientId,
            int number,
            MessageSettings settings,
            String root,
            int run,
            Share @Nullable [] shares,
            @Nullable GroupCheck group) {
        super(loop, fleet, clientId);
        this.number = number;
        this.topology = settings.topology();
        this.filters = settings.filters(root, number);
        this.qos = settings.qos();
        this.size = settings.size();
        this.properties = settings.properties();
        this.expiryNanos = properties.expirySeconds() == 0
                ? Long.MAX_VALUE
                : TimeUnit.SECONDS.toNanos(properties.expirySeconds()) + EXPIRY_GRACE_NANOS;
        this.signature = Payload.signature(run);
        this.shares = shares;
        this.group = group;
        this.check = new SequenceCheck(topology.sources(number));
    }

    int number() {
        return number;
    }

    /** Messages that came to this subscriber, repeats not counted. */
    long received() {
        return received;
    }

    SequenceCheck check() {
        return check;
    }

    void start(RunClock runClock) {
        clock = runClock;
    }

    @Override
    void up(Connection connection) {
        connection.subscribe(filters, qos);
    }

    @Override
    public void subscribed(Connection connection, int lowestGranted) {
        if (lowestGranted == qos) {
            ready();
        } else if (lowestGranted == 0x80) {
            connection.fail("SUBSCRIBE refused");
        } else {
            connection.fail("SUBSCRIBE granted at QoS " + lowestGranted + " (expected: " + qos + ")");
        }
    }

    @Override
    public void published(
            Connection connection, ByteBuf in, int at, int bytes, int messageQos, int packetId, long now) {
        if (messageQos == 1) {
            connection.puback(packetId);
        } else if (messageQos == 2) {
            connection.pubrec(packetId);
            if (unreleased.get(packetId)) {
                return; // the same message again [MQTT-4.3.3-2], not a second delivery
            }
            unreleased.set(packetId);
        }
        if (bytes < Payload.MIN_SIZE || Payload.signature(in, at) != signature) {
            LoopStats.add(stats().foreign, 1);
            return;
        }
        int publisher = Payload.publisher(in, at);
        if (bytes != size || messageQos != qos || !topology.connects(publisher, number)) {
            LoopStats.add(stats().violations, 1);
            return;
        }
        long sent = Payload.time(in, at);
        if (connection.protocol().isMqtt5()
                && (!properties.fit(in, connection.propertiesAt(), at) || now - sent > expiryNanos)) {
            LoopStats.add(stats().violations, 1);
            return;
        }
        arrived(publisher, Payload.sequence(in, at));
        if (clock != null && clock.measures(sent)) {
            stats().latency(now - sent);
        }
    }

    private void arrived(int publisher, long sequence) {
        int source = topology.sourceIndex(publisher);
        if (group != null) {
            batch++;
            if (group.accept(source, sequence)) {
                batchDistinct++;
                if (shares != null) {
                    shares[publisher].advance(sequence, sequence + 1);
                }
            }
            return;
        }
        long before = check.next(source);
        Verdict verdict = check.accept(source, sequence);
        batch++;
        if (verdict != Verdict.DUPLICATE) {
            batchDistinct++;
        }
        if (shares != null && check.next(source) != before) {
            shares[publisher].advance(before, sequence + 1);
        }
    }

    @Override
    public void pubrel(Connection connection, int packetId) {
        unreleased.clear(packetId);
        connection.pubcomp(packetId);
    }

    @Override
    public void ready(Connection connection, long now) {
        if (batch > 0) {
            LoopStats.add(stats().delivered, batch);
            LoopStats.add(stats().distinct, batchDistinct);
            received += batchDistinct;
            if (qos > 0 && batch > connection.protocol().receiveMaximum()) {
                LoopStats.add(stats().violations, 1); // none of them was acknowledged before [MQTT-3.3.4-9]
            }
            if (clock != null && clock.measures(now)) {
                LoopStats.add(stats().deliveredMeasured, batch);
            }
            batch = 0;
            batchDistinct = 0;
        }
        loop().settle();
    }
}
