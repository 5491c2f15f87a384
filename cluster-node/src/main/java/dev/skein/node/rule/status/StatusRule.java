package dev.skein.node.rule.status;

import dev.skein.node.observe.PresenceObserver.Client;
import dev.skein.node.registry.RuleDefinition;
import dev.skein.node.rule.flow.Entry;
import dev.skein.node.rule.sink.Spool;
import dev.skein.node.rule.sink.Target;
import dev.skein.node.rule.status.Channel.Event;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.apsara.ApsaraClientId;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the target of a rule who of a group comes and goes. That a client is there is in the store before the target
 * hears of it, and until the target or the spool has the notice that it is gone: so a node that takes over from one
 * that is gone knows whose notices are missing. Thread-safe; what it decides runs in the mailbox of its target.
 */
public final class StatusRule {
    private static final Logger LOG = LoggerFactory.getLogger(StatusRule.class);
    private static final String NODE_GONE = "node is gone";

    private final Target target;
    private final Target.Parts parts;
    private final String name;
    private final String group;
    private final long node;
    private final Map<Long, Present> present = new HashMap<>();
    /** Of nodes that are gone: their notices are on their way. */
    private final Set<MessageId> tellingOf = new HashSet<>();
    /** What came before the store was ready. */
    private final List<Consumer<Spool>> early = new ArrayList<>();

    private @Nullable Spool spool;

    /** A client that is there. */
    private static final class Present {
        private final Channel channel;
        private @Nullable MessageId stored;
        private @Nullable Runnable gone;

        private Present(Channel channel) {
            this.channel = channel;
        }

        private static Present of(Channel channel, MessageId stored) {
            Present known = new Present(channel);
            known.stored = stored;
            known.gone = () -> {};
            return known;
        }
    }

    /**
     * A rule.
     *
     * @param name for log lines
     * @param spoolName of its spool on this node
     * @param clientsName of the list of those who are there, on this node
     * @param group Group ID, or {@code *}
     * @param node this incarnation of this node
     */
    public StatusRule(Target.Parts parts, String name, String spoolName, String clientsName, String group, long node) {
        this.parts = parts;
        this.name = name;
        this.group = group;
        this.node = node;
        this.target = new Target(parts, name, spoolName, _ -> {});
        open(clientsName);
    }

    private void open(String clientsName) {
        Spool.open(parts.stores(), clientsName, parts.clock().millis())
                .whenComplete((opened, failure) -> target.execute(() -> {
                    if (opened == null) {
                        LOG.warn("{}: the store does not answer: {}; it is tried again", name, failure.toString());
                        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
                                .execute(() -> target.execute(() -> open(clientsName)));
                        return;
                    }
                    spool = opened.spool();
                    if (opened.messages() > 0) {
                        tellOf(opened.spool()); // of an earlier incarnation of this node
                    }
                    early.forEach(task -> task.accept(opened.spool()));
                    early.clear();
                }));
    }

    /** Where it leads. */
    public Target target() {
        return target;
    }

    /** Whether it tells of a client. */
    boolean isOf(String clientId) {
        return group.equals(RuleDefinition.ALL_CLIENTS)
                || (clientId.startsWith(group) && clientId.startsWith(ApsaraClientId.SEPARATOR, group.length()));
    }

    /** A client is there. */
    void attached(Client client, long millis) {
        inOrder(to -> {
            Present one = new Present(Channel.of(client, node));
            present.put(client.connectionId(), one);
            to.append(one.channel.write(), id -> target.execute(() -> stored(one, id, millis)));
        });
    }

    private void inOrder(Consumer<Spool> task) {
        target.execute(() -> {
            Spool to = spool;
            if (to == null) {
                early.add(task);
            } else {
                task.accept(to);
            }
        });
    }

    private void stored(Present one, @Nullable MessageId id, long millis) {
        one.stored = id;
        tell(List.of(notice(one.channel, Event.CONNECT, millis, null, null)));
        Runnable gone = one.gone;
        if (gone != null) {
            gone.run();
        } else {
            one.gone = () -> {}; // from now on nobody waits for the store
        }
    }

    /** A client is gone. */
    void detached(Client client, Reason reason, long millis) {
        inOrder(to -> {
            Present known = present.remove(client.connectionId());
            Present one = known == null ? new Present(Channel.of(client, node)) : known;
            boolean storing = known != null && known.gone == null;
            Runnable tell = () -> tellGone(to, one, reason, millis);
            if (storing) {
                one.gone = tell;
            } else {
                tell.run();
            }
        });
    }

    private void tellGone(Spool to, Present one, Reason reason, long millis) {
        List<Entry> notices = new ArrayList<>();
        if (reason == Reason.CLIENT_DISCONNECT || reason == Reason.CLIENT_DISCONNECT_WITH_WILL) {
            notices.add(notice(one.channel, Event.DISCONNECT, millis, reason.text(), null));
        }
        MessageId stored = one.stored;
        Consumer<Boolean> told = ok -> {
            if (ok && stored != null) {
                to.remove(stored);
            }
        };
        notices.add(notice(one.channel, Event.TCPCLEAN, millis, reason.text(), told));
        tell(notices);
    }

    private Entry notice(
            Channel channel, Event event, long millis, @Nullable String reason, @Nullable Consumer<Boolean> told) {
        return new Entry(channel.notice(event, target.topic(), millis, reason), true, told, null);
    }

    private void tell(List<Entry> notices) {
        target.offer(() -> notices);
    }

    /** Tells of those who were there on nodes that are gone, once for each. */
    public void tellOf(Spool ofOther) {
        ofOther.forEach(message -> target.execute(() -> tellOf(ofOther, message)))
                .exceptionally(failure -> {
                    LOG.warn("{}: clients of a node that is gone cannot be read: {}", name, failure.toString());
                    return null;
                });
    }

    private void tellOf(Spool ofOther, QueuedMessage message) {
        Channel channel;
        try {
            channel = Channel.read(message.payload());
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}", name, e.getMessage());
            ofOther.remove(message.id());
            return;
        }
        if (channel.isOf(node)) { // of this rule before it was stopped
            present.computeIfAbsent(channel.connectionId(), _ -> Present.of(channel, message.id()));
            return;
        }
        if (!tellingOf.add(message.id())) {
            return;
        }
        Consumer<Boolean> told = ok -> {
            tellingOf.remove(message.id());
            if (ok) {
                ofOther.remove(message.id());
            }
        };
        tell(List.of(notice(channel, Event.TCPCLEAN, parts.clock().millis(), NODE_GONE, told)));
    }
}
