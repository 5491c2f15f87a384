package dev.skein.node.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Connections of one HTTP port. Any thread. */
public final class HttpMetrics {
    private final String port;
    private final Meters meters;
    private final LongAdder open = new LongAdder();
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();

    HttpMetrics(String port, Meters meters) {
        this.port = port;
        this.meters = meters;
        meters.gauge(MetricName.HTTP_CONNECTIONS, open::sum, port);
    }

    /** A connection was taken in. */
    public void opened() {
        open.increment();
    }

    /** A connection that {@link #opened} counted has ended. */
    public void closed() {
        open.decrement();
    }

    /** A connection was refused, or closed for what its client did not do; {@code reason} is one of a few words. */
    public void refused(String reason) {
        refusals.computeIfAbsent(Meters.label(reason), r -> meters.counter(MetricName.HTTP_REFUSED, port, r))
                .increment();
    }
}
