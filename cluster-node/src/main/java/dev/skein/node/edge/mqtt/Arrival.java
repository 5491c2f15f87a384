package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Meters;
import dev.skein.node.admission.Meters.Kind;
import dev.skein.node.admission.Meters.Party;
import dev.skein.node.admission.Meters.Scope;
import dev.skein.node.admission.Rate;
import dev.skein.node.admission.Reconnects;
import dev.skein.node.auth.Identity;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.registry.RateLimits;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often a client connects, looked at when it is known who it is: too often in all, and it is refused; too often by
 * itself, and it waits. Confined to the connection's event loop.
 */
final class Arrival {
    private final EdgeShared shared;
    private final LoopContext context;
    private final ConnectionInfo info;
    private boolean waiting;

    /** Whose client ID it is: another identity's attempts at it slow only that one. */
    private record Client(String instance, String owner, String clientId) {}

    Arrival(EdgeShared shared, LoopContext context, ConnectionInfo info) {
        this.shared = shared;
        this.context = context;
        this.info = info;
    }

    /** Why a connection is one too many in this second, or null. */
    @Nullable
    String beyondRate(Identity identity) {
        Instance instance = shared.delivery().instance(identity.instance());
        if (instance == null) {
            return null; // it is refused for that
        }
        RateLimits rates = instance.view().limits().rates();
        Object address = info.addressGroup();
        if (!mayConnect(instance, Scope.ADDRESS, address, rates.address())) {
            return beyond(instance, Scope.ADDRESS, rates.address());
        }
        if (!mayConnect(instance, Scope.IDENTITY, identity.owner(), rates.identity())) {
            return beyond(instance, Scope.IDENTITY, rates.identity());
        }
        return mayConnect(instance, Scope.INSTANCE, "", rates.instance())
                ? null
                : beyond(instance, Scope.INSTANCE, rates.instance());
    }

    private boolean mayConnect(Instance instance, Scope scope, Object who, Rate rate) {
        long now = System.nanoTime();
        return rate.connects() == 0
                || shared.admission()
                        .meters()
                        .of(new Party(instance.id(), scope, who), now)
                        .connect(rate, now);
    }

    private String beyond(Instance instance, Scope scope, Rate rate) {
        Meters meters = shared.admission().meters();
        meters.exceeded(instance.id(), scope, Kind.CONNECTS);
        return "skein.instances.%s.rates.%s-connects: more than %d connections a second (expected: fewer, the client"
                        .formatted(instance.id(), scope.label(), rate.connects())
                + " should retry later)";
    }

    /** Runs {@code go} now, or after a while when the client has connected too often, unless it {@link #ends}. */
    void whenDue(Identity identity, String who, Runnable full, Runnable go) {
        Reconnects reconnects = shared.admission().reconnects();
        String clientId = identity.clientId();
        Client client = clientId.isEmpty() ? null : new Client(identity.instance(), identity.owner(), clientId);
        Reconnects.Delay delay = reconnects.connects(client, info.addressGroup());
        if (delay.begins() != null) {
            shared.log().line(who + " connects too often", delay.begins());
        }
        if (delay.nanos() == 0) {
            go.run();
        } else if (!reconnects.mayWait()) {
            full.run();
        } else {
            waiting = true;
            var _ = context.eventLoop()
                    .schedule(
                            () -> {
                                if (ends()) {
                                    go.run();
                                }
                            },
                            delay.nanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Whether it waits. */
    boolean isWaiting() {
        return waiting;
    }

    /** It waits no more; returns whether it did. */
    boolean ends() {
        boolean did = waiting;
        waiting = false;
        if (did) {
            shared.admission().reconnects().waited();
        }
        return did;
    }
}
