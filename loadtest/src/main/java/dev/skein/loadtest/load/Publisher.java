package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.PublishTemplate;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends one topic's messages, by window (closed loop) or by schedule (open loop). All but {@link #wake} runs on its
 * event loop.
 */
final class Publisher extends Client implements DeliveryWindow.Waiting {
    /** One write is about this long, so that a full socket is noticed. */
    private static final int BATCH_BYTES = 64 * 1024;

    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final byte FREE = 0;
    private static final byte SENT = 1;
    private static final byte RELEASED = 2;

    private final int qos;
    /** Messages that may be unacknowledged or undelivered at once. */
    private int window;
    /** Closed loop by deliveries; null when acknowledgements alone count. */
    private final @Nullable DeliveryWindow deliveries;

    private final @Nullable Schedule schedule;
    private final int number;
    /** State of each packet identifier, 1 upward; empty at QoS 0. */
    private final byte[] identifiers;

    private final AtomicBoolean woken = new AtomicBoolean();

    private PublishTemplate template;
    private @Nullable Connection connection;
    private @Nullable RunClock clock;
    private int lastIdentifier;
    private int unacknowledged;
    private long sent;
    private long due;
    private boolean sending;
    private long stallMark = -1;
    private long stallSince;

    Publisher(
            Loop loop,
            Fleet fleet,
            String clientId,
            int number,
            MessageSettings settings,
            PublishTemplate template,
            @Nullable DeliveryWindow deliveries,
            @Nullable Schedule schedule) {
        super(loop, fleet, clientId);
        this.number = number;
        this.qos = settings.qos();
        this.window = settings.inFlightLimit();
        this.template = template;
        this.deliveries = deliveries;
        this.schedule = schedule;
        // twice the window, so that acknowledgements out of order do not hold up the next identifier
        this.identifiers = new byte[qos == 0 ? 0 : Math.min(0xFFFF, 2 * window) + 1];
    }

    int number() {
        return number;
    }

    long sent() {
        return sent;
    }

    /** Messages that the schedule asked for; meaningful in an open loop. */
    long due() {
        return due;
    }

    int unacknowledged() {
        return unacknowledged;
    }

    @Override
    void up(Connection up) {
        if (up.protocol().topicAliases() && up.topicAliasMaximum() == 0) {
            up.fail("topic aliases: the broker takes none");
            return;
        }
        window = qos == 0 ? window : Math.min(window, up.receiveMaximum());
        connection = up;
        ready();
    }

    /** Begins: sends at once in a closed loop, waits for {@link #dueOneMore} in an open one. */
    void start(RunClock runClock) {
        clock = runClock;
        pump();
    }

    /** The schedule asks for one more message; the caller pumps. */
    void dueOneMore() {
        due++;
    }

    /** Deliveries on {@code from} may have opened the window. Any thread that runs {@code from}. */
    @Override
    public void wake(Loop from) {
        if (from == loop()) {
            pump();
        } else if (woken.compareAndSet(false, true)) {
            loop().executor().execute(() -> {
                woken.set(false);
                pump();
            });
        }
    }

    /** Sends all that may be sent now. */
    void pump() {
        Connection channel = connection;
        RunClock time = clock;
        if (channel == null || time == null || sending || over()) {
            return;
        }
        sending = true;
        try {
            int room = room();
            while (room > 0 && channel.isWritable() && !time.ended(System.nanoTime())) {
                send(channel, time, Math.min(room, Math.max(1, BATCH_BYTES / template.length())));
                room = room();
            }
        } finally {
            sending = false;
        }
    }

    private int room() {
        long room = (long) window - (qos == 0 ? 0 : unacknowledged);
        if (schedule != null) {
            return (int) Math.min(room, due - sent);
        }
        if (deliveries != null) {
            room = Math.min(room, window - (sent - deliveries.delivered()));
        }
        return (int) room;
    }

    private void send(Connection channel, RunClock time, int count) {
        long now = System.nanoTime();
        boolean measured = time.measures(now);
        ByteBuf out = channel.out(count * template.length());
        for (int i = 0; i < count; i++) {
            long stamp = now;
            if (schedule != null) {
                stamp = schedule.intended(number, sent);
                if (time.measures(stamp)) {
                    stats().lateness(now - stamp);
                }
            }
            template.append(out, qos == 0 ? 0 : takeIdentifier(), sent, stamp);
            template = template.next();
            sent++;
        }
        LoopStats.add(stats().sent, count);
        if (measured) {
            LoopStats.add(stats().sentMeasured, count);
        }
        channel.flush();
    }

    private int takeIdentifier() {
        do {
            lastIdentifier = lastIdentifier == identifiers.length - 1 ? 1 : lastIdentifier + 1;
        } while (identifiers[lastIdentifier] != FREE);
        identifiers[lastIdentifier] = SENT;
        unacknowledged++;
        return lastIdentifier;
    }

    @Override
    public void puback(Connection from, int packetId) {
        finish(packetId, qos == 1, SENT);
    }

    @Override
    public void pubrec(Connection from, int packetId) {
        // a PUBREC for a released identifier is answered too [MQTT-4.3.3-1]
        if (qos == 2 && packetId < identifiers.length && identifiers[packetId] != FREE) {
            identifiers[packetId] = RELEASED;
            from.pubrel(packetId);
        } else {
            LoopStats.add(stats().violations, 1);
        }
    }

    @Override
    public void pubcomp(Connection from, int packetId) {
        finish(packetId, qos == 2, RELEASED);
    }

    private void finish(int packetId, boolean fits, byte expected) {
        if (fits && packetId < identifiers.length && identifiers[packetId] == expected) {
            identifiers[packetId] = FREE;
            unacknowledged--;
            LoopStats.add(stats().acknowledged, 1);
        } else {
            LoopStats.add(stats().violations, 1);
        }
    }

    @Override
    public void ready(Connection from, long now) {
        pump();
    }

    /** Reopens the delivery window when it has been full for a second and nothing came: those messages are lost. */
    void checkStall(long now) {
        RunClock time = clock;
        if (deliveries == null || time == null || over() || time.ended(now)) {
            return;
        }
        long delivered = deliveries.delivered();
        if (room() > 0 || unacknowledged >= window || delivered != stallMark) {
            stallMark = delivered;
            stallSince = now;
        } else if (now - stallSince >= STALL_NANOS) {
            stallSince = now;
            LoopStats.add(stats().stalls, 1);
            long all = sent;
            for (DeliveryWindow.Share share : deliveries.shares()) {
                share.loop().executor().execute(() -> {
                    share.forget(all);
                    wake(share.loop());
                });
            }
        }
    }
}
