package dev.skein.loadtest.load;

import dev.skein.loadtest.load.DeliveryWindow.Share;
import dev.skein.loadtest.load.SequenceCheck.Verdict;
import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Payload;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives, acknowledges and checks. Belongs to its event loop. */
final class Subscriber extends Client {
    private final int number;
    private final Topology topology;
    private final List<String> filters;
    private final int qos;
    private final int size;
    private final long signature;
    /** For each publisher its share on this loop; null where deliveries open no window. */
    private final Share @Nullable [] shares;

    private final SequenceCheck check;
    /** QoS 2: identifiers whose message came and whose PUBREL has not. */
    private final BitSet unreleased = new BitSet();

    private @Nullable RunClock clock;
    private int batch;
    private int batchDistinct;

    Subscriber(
            Loop loop,
            Fleet fleet,
            String clientId,
            int number,
            MessageSettings settings,
            String root,
            int run,
            Share @Nullable [] shares) {
        super(loop, fleet, clientId);
        this.number = number;
        this.topology = settings.topology();
        this.filters = topology.filters(root, number);
        this.qos = settings.qos();
        this.size = settings.size();
        this.signature = Payload.signature(run);
        this.shares = shares;
        this.check = new SequenceCheck(topology.sources(number));
    }

    int number() {
        return number;
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
        arrived(publisher, Payload.sequence(in, at));
        long sent = Payload.time(in, at);
        if (clock != null && clock.measures(sent)) {
            stats().latency(now - sent);
        }
    }

    private void arrived(int publisher, long sequence) {
        int source = topology.sourceIndex(publisher);
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
            if (clock != null && clock.measures(now)) {
                LoopStats.add(stats().deliveredMeasured, batch);
            }
            batch = 0;
            batchDistinct = 0;
        }
        loop().settle();
    }
}
