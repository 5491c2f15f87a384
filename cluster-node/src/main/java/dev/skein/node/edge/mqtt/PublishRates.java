package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Meter;
import dev.skein.node.admission.Meters;
import dev.skein.node.admission.Meters.Kind;
import dev.skein.node.admission.Meters.Party;
import dev.skein.node.admission.Meters.Scope;
import dev.skein.node.admission.Rate;
import dev.skein.node.registry.RateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How much one client may publish: by itself, and together with those of its identity, its address and its instance.
 * What is beyond a rate waits until it is due. Confined to the connection's event loop; all meters but the client's are
 * shared.
 */
final class PublishRates {
    /** What is due as soon as that is handled at once, so that a fast publisher does not wait for each message. */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long SAID_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Meters meters;
    private final String instance;
    private final List<Bound> bounds = new ArrayList<>(Scope.values().length);
    private long saidAt;
    private String beyond = "";

    /** Who publishes. */
    record Publisher(String instance, Object identity, Object address) {}

    private record Bound(Scope scope, Rate rate, Meter meter) {}

    PublishRates(Meters meters, Publisher who, RateLimits rates, long now) {
        this.meters = meters;
        this.instance = who.instance();
        add(Scope.CLIENT, rates.client(), () -> new Meter(now));
        add(Scope.IDENTITY, rates.identity(), () -> shared(Scope.IDENTITY, who.identity(), now));
        add(Scope.ADDRESS, rates.address(), () -> shared(Scope.ADDRESS, who.address(), now));
        add(Scope.INSTANCE, rates.instance(), () -> shared(Scope.INSTANCE, "", now));
    }

    private void add(Scope scope, Rate rate, Supplier<Meter> meter) {
        if (rate.boundsMessages() || rate.topics() > 0) {
            bounds.add(new Bound(scope, rate, meter.get()));
        }
    }

    private Meter shared(Scope scope, Object who, long now) {
        return meters.of(new Party(instance, scope, who), now);
    }

    /** One more message of {@code size} bytes; returns for how many nanoseconds it waits, 0 when it need not. */
    long publish(int size, long now) {
        return count(Kind.MESSAGES, size, now);
    }

    /** One more parent topic that is not in use on this node; as {@link #publish}. */
    long topic(long now) {
        return count(Kind.TOPICS, 0, now);
    }

    private long count(Kind kind, int size, long now) {
        long wait = 0;
        Scope longest = Scope.CLIENT;
        for (int i = 0; i < bounds.size(); i++) { // an iterator would be an object for each message
            Bound bound = bounds.get(i);
            Meter meter = bound.meter();
            long one = kind == Kind.TOPICS ? meter.topic(bound.rate(), now) : meter.publish(bound.rate(), size, now);
            if (one > wait) {
                wait = one;
                longest = bound.scope();
            }
        }
        if (wait <= SLACK_NANOS) {
            return 0;
        }
        meters.exceeded(instance, longest, kind);
        beyond = longest.label() + (kind == Kind.TOPICS ? "-topics" : "-messages or -bytes");
        return wait;
    }

    /** Which rate was exceeded last, for the log; empty when that was said a moment ago. */
    String toSay(long now) {
        if (saidAt != 0 && now - saidAt < SAID_EVERY_NANOS) {
            return "";
        }
        saidAt = now | 1; // 0 means never
        return "skein.instances." + instance + ".rates." + beyond + ": it publishes more (it is not read meanwhile)";
    }
}
