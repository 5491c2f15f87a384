package dev.skein.node.rule.status;

import dev.skein.node.observe.MessageObserver;
import dev.skein.node.observe.Observers;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.protocol.message.Reason;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hears of the clients of this node, and tells the status rules of their groups. Thread-safe. */
public final class PresenceNotices implements Observers.Source, PresenceObserver {
    private final InstantSource clock;
    private volatile Map<String, List<StatusRule>> byInstance = Map.of();

    /** Without rules. */
    public PresenceNotices(InstantSource clock) {
        this.clock = clock;
    }

    /** The rules that hear of clients from now on, by instance. */
    public void rules(Map<String, List<StatusRule>> now) {
        byInstance = Map.copyOf(now);
    }

    @Override
    public @Nullable MessageObserver topic(String instance, String parentTopic) {
        return null;
    }

    @Override
    public PresenceObserver presence(String listener) {
        return this;
    }

    @Override
    public void attached(Client client) {
        for (StatusRule rule : byInstance.getOrDefault(client.instance(), List.of())) {
            if (rule.isOf(client.clientId())) {
                rule.attached(client, clock.millis());
            }
        }
    }

    @Override
    public void detached(Client client, Reason reason) {
        for (StatusRule rule : byInstance.getOrDefault(client.instance(), List.of())) {
            if (rule.isOf(client.clientId())) {
                rule.detached(client, reason, clock.millis());
            }
        }
    }

    @Override
    public void refused(Reason reason) {
        // It was never there.
    }

    @Override
    public void malformed(Reason reason) {
        // Its connection ends.
    }
}
