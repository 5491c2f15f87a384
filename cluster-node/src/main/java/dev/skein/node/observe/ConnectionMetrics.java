package dev.skein.node.observe;

import dev.skein.protocol.message.Reason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections of one listener. Obtained once for each listener; any thread. Reasons are names of enum constants or
 * other words of a small fixed set, never text that a client sent.
 */
public final class ConnectionMetrics implements PresenceObserver {
    private final String listener;
    private final Meters meters;
    private final Map<String, LongAdder> open = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> connects = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> rejections = new ConcurrentHashMap<>();
    private final Map<InstanceReason, LongAdder> disconnects = new ConcurrentHashMap<>();

    private final LongAdder sockets = new LongAdder();
    private final LongAdder accepts;
    private final LongAdder pauses;

    ConnectionMetrics(String listener, Meters meters) {
        this.listener = listener;
        this.meters = meters;
        this.accepts = meters.counter(MetricName.ACCEPTS, listener);
        this.pauses = meters.counter(MetricName.ACCEPTS_PAUSED, listener);
        meters.gauge(MetricName.SOCKETS, sockets::sum, listener);
    }

    /** A socket was accepted. */
    public void accepted() {
        accepts.increment();
        sockets.increment();
    }

    /** A socket that {@link #accepted} counted is closed. */
    public void closed() {
        sockets.decrement();
    }

    /** The listener accepts nothing for a while. */
    public void acceptPaused() {
        pauses.increment();
    }

    /** A client of {@code instance} was answered with CONNACK 0. */
    public void connected(String instance) {
        connects.computeIfAbsent(instance, i -> meters.counter(MetricName.CONNECTS, listener, i))
                .increment();
        openOf(instance).increment();
    }

    /** A connection that {@link #connected} counted is gone. */
    public void disconnected(String instance, String reason) {
        openOf(instance).decrement();
        String label = Meters.label(reason);
        disconnects
                .computeIfAbsent(
                        new InstanceReason(instance, label),
                        key -> meters.counter(MetricName.DISCONNECTS, listener, key.instance(), key.reason()))
                .increment();
    }

    /** A connection ended before CONNACK 0. */
    public void refused(String reason) {
        refusals.computeIfAbsent(Meters.label(reason), r -> meters.counter(MetricName.CONNECTS_REFUSED, listener, r))
                .increment();
    }

    /** A packet broke a rule and closed its connection. */
    public void packetRejected(String reason) {
        rejections
                .computeIfAbsent(Meters.label(reason), r -> meters.counter(MetricName.PACKETS_REJECTED, listener, r))
                .increment();
    }

    @Override
    public void attached(Client client) {
        connected(client.instance());
    }

    @Override
    public void detached(Client client, Reason reason) {
        disconnected(client.instance(), reason.label());
    }

    @Override
    public void refused(Reason reason) {
        refused(reason.label());
    }

    @Override
    public void malformed(Reason reason) {
        packetRejected(reason.name());
    }

    private LongAdder openOf(String instance) {
        return open.computeIfAbsent(instance, i -> {
            LongAdder adder = new LongAdder();
            meters.gauge(MetricName.CONNECTIONS, adder::sum, listener, i);
            return adder;
        });
    }

    private record InstanceReason(String instance, String reason) {}
}
