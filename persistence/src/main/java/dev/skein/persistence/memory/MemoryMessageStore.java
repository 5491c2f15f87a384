package dev.skein.persistence.memory;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.DropListener.Reason;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredWill;
import dev.skein.protocol.message.MessageId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queues in memory: each command is its own commit. */
final class MemoryMessageStore implements MessageStore {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryMessageStore.class);
    private static final int COUNTER_BITS = 16;
    private static final int WRITER_SHIFT = 32;

    private final MemoryStores stores;
    private final MemoryState state;
    private final StoreSettings settings;
    private final InstantSource clock;
    private final DropListener drops;
    private final AtomicLong pendingBytes = new AtomicLong();
    private volatile Runnable hook = () -> {};
    private volatile StoreMetrics metrics = new StoreMetrics(0, 0, 0, 0, 0);

    MemoryMessageStore(
            MemoryStores stores, MemoryState state, StoreSettings settings, InstantSource clock, DropListener drops) {
        this.stores = stores;
        this.state = state;
        this.settings = settings;
        this.clock = clock;
        this.drops = drops;
    }

    @Override
    public void submit(StoreCommand command) {
        int bytes = command instanceof StoreCommand.Append append ? append.bytes() : 0;
        pendingBytes.addAndGet(bytes);
        CompletionStage<Runnable> told = stores.run(() -> apply(command));
        told.whenComplete((listener, failure) -> {
            pendingBytes.addAndGet(-bytes);
            if (failure == null) {
                safely(listener);
                safely(hook);
            } else if (command instanceof StoreCommand.Append append) {
                append.listener().failed(new StoreUnavailableException("memory", failure));
            }
        });
    }

    private static void safely(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("A listener failed", e);
        }
    }

    /** Returns what tells the listener. */
    private Runnable apply(StoreCommand command) {
        if (!command.isWanted()) {
            count(0, 0);
            return command instanceof StoreCommand.Append append ? append.listener()::passedOver : () -> {};
        }
        return switch (command) {
            case StoreCommand.Append append -> {
                if (append.mark() instanceof StoreCommand.WillMark mark && !isOwn(mark)) {
                    count(0, 0);
                    yield () -> append.listener().passedOver();
                }
                MessageId first = first(append.mark());
                if (first != null) {
                    count(0, 0);
                    yield () -> append.listener().repeated(first);
                }
                MessageId id = append(append);
                yield () -> append.listener().committed(id);
            }
            case StoreCommand.Acknowledge(var session, var id) -> {
                remove(session, id);
                yield () -> {};
            }
            case StoreCommand.Sent(var session, var id, var packetId, var listener) -> {
                MemoryState.Entry entry = state.queue(session).entries.get(id);
                if (entry != null) {
                    entry.sentPacketId = packetId;
                }
                count(0, 0);
                yield listener::committed;
            }
            case StoreCommand.Received(var session, var id, var packetId, var listener) -> {
                remove(session, id);
                state.queue(session).released.remove(packetId);
                state.queue(session).released.add(packetId);
                yield listener::committed;
            }
            case StoreCommand.Completed(var session, var packetId, var listener) -> {
                state.queue(session).released.remove(packetId);
                count(0, 0);
                yield listener::committed;
            }
            case StoreCommand.InboundReleased(var session, var packetId, var listener) -> {
                state.queue(session).inbound.remove(packetId);
                count(0, 0);
                yield listener::committed;
            }
            case StoreCommand.Barrier barrier -> barrier.listener()::committed;
        };
    }

    private boolean isOwn(StoreCommand.WillMark mark) {
        StoredWill will = state.wills.get(mark.connectionId());
        return will != null && will.node() == mark.node();
    }

    /** The message that {@code mark} stands for already, or null. */
    private @Nullable MessageId first(StoreCommand.@Nullable OnceMark mark) {
        return switch (mark) {
            case null -> null;
            case StoreCommand.InboundMark inbound ->
                state.queue(inbound.sessionId()).inbound.get(inbound.packetId());
            case StoreCommand.WillMark will -> state.willMessages.get(will.connectionId());
        };
    }

    private MessageId append(StoreCommand.Append append) {
        state.lastSequence = Math.max(clock.millis() << COUNTER_BITS, state.lastSequence + 1);
        MessageId id = new MessageId(state.lastSequence, (long) state.writer(settings.nodeName()) << WRITER_SHIFT);
        for (StoreCommand.Receiver receiver : append.receivers()) {
            state.queue(receiver.sessionId()).entries.put(id, new MemoryState.Entry(append, receiver));
        }
        switch (append.mark()) {
            case null -> {}
            case StoreCommand.InboundMark mark ->
                state.queue(mark.sessionId()).inbound.put(mark.packetId(), id);
            case StoreCommand.WillMark mark -> state.willMessages.put(mark.connectionId(), id);
        }
        count(append.receivers().size(), 0);
        return id;
    }

    private void remove(long sessionId, MessageId id) {
        count(0, state.queue(sessionId).entries.remove(id) == null ? 0 : 1);
    }

    private void count(int appended, int removed) {
        StoreMetrics old = metrics;
        metrics = new StoreMetrics(old.commits() + 1, old.appended() + appended, old.removed() + removed, 0, 0);
    }

    CompletionStage<Void> sweep() {
        return stores.<Map<Reason, Map<String, Long>>>run(() -> {
                    Map<Reason, Map<String, Long>> dropped = new HashMap<>();
                    expire(dropped);
                    trimSessions(dropped);
                    trimInstances(dropped);
                    return dropped;
                })
                .thenAccept(dropped -> dropped.forEach((reason, counts) ->
                        counts.forEach((instance, count) -> drops.dropped(instance, reason, count))));
    }

    private void expire(Map<Reason, Map<String, Long>> dropped) {
        long before = clock.millis() - settings.maxAge().toMillis();
        for (MemoryState.Queue queue : state.queues.values()) {
            while (!queue.entries.isEmpty() && queue.entries.firstKey().millis() < before) {
                drop(queue, queue.entries.firstKey(), Reason.EXPIRED, dropped);
            }
        }
    }

    private void trimSessions(Map<Reason, Map<String, Long>> dropped) {
        for (MemoryState.Queue queue : state.queues.values()) {
            long bytes = queue.entries.values().stream()
                    .mapToLong(entry -> entry.append.bytes())
                    .sum();
            while (queue.entries.size() > settings.maxSessionMessages() || bytes > settings.maxSessionBytes()) {
                bytes -= drop(queue, queue.entries.firstKey(), Reason.SESSION_QUEUE_FULL, dropped);
            }
        }
    }

    private void trimInstances(Map<Reason, Map<String, Long>> dropped) {
        Map<String, TreeMap<MessageId, List<MemoryState.Queue>>> byInstance = new HashMap<>();
        Map<String, Long> counts = new HashMap<>();
        Map<String, Long> sizes = new HashMap<>();
        for (MemoryState.Queue queue : state.queues.values()) {
            queue.entries.forEach((id, entry) -> {
                counts.merge(entry.append.instance(), 1L, Long::sum);
                sizes.merge(entry.append.instance(), (long) entry.append.bytes(), Long::sum);
                byInstance
                        .computeIfAbsent(entry.append.instance(), _ -> new TreeMap<>())
                        .computeIfAbsent(id, _ -> new ArrayList<>())
                        .add(queue);
            });
        }
        counts.forEach((instance, count) -> {
            long excess = count - settings.maxInstanceMessages();
            long bytes = sizes.getOrDefault(instance, 0L) - settings.maxInstanceBytes();
            for (Map.Entry<MessageId, List<MemoryState.Queue>> oldest :
                    byInstance.getOrDefault(instance, new TreeMap<>()).entrySet()) {
                for (MemoryState.Queue queue : oldest.getValue()) {
                    if (excess-- > 0 || bytes > 0) {
                        bytes -= drop(queue, oldest.getKey(), Reason.INSTANCE_STORE_FULL, dropped);
                    }
                }
            }
        });
    }

    /** Returns the bytes of what it has dropped. */
    private static long drop(
            MemoryState.Queue queue, MessageId id, Reason reason, Map<Reason, Map<String, Long>> dropped) {
        MemoryState.Entry entry = queue.entries.remove(id);
        if (entry == null) {
            return 0;
        }
        dropped.computeIfAbsent(reason, _ -> new HashMap<>()).merge(entry.append.instance(), 1L, Long::sum);
        return entry.append.bytes();
    }

    @Override
    public void onBatch(Runnable hook) {
        this.hook = hook;
    }

    @Override
    public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
        QueueCursor cursor = after.copy();
        return stores.run(() -> {
            List<QueuedMessage> page = new ArrayList<>();
            long bytes = 0;
            for (Map.Entry<MessageId, MemoryState.Entry> row :
                    state.queue(sessionId).entries.entrySet()) {
                if (cursor.covers(row.getKey())) {
                    continue;
                }
                MemoryState.Entry entry = row.getValue();
                bytes += entry.append.bytes();
                if (page.size() == maxMessages || (bytes > maxBytes && !page.isEmpty())) {
                    return new QueuePage(List.copyOf(page), true);
                }
                page.add(new QueuedMessage(
                        row.getKey(),
                        entry.append.topic(),
                        entry.append.content(),
                        entry.receiver.qos(),
                        entry.receiver.retain(),
                        entry.sentPacketId,
                        entry.append.origin()));
            }
            return new QueuePage(List.copyOf(page), false);
        });
    }

    @Override
    public CompletionStage<FlowState> flowState(long sessionId) {
        return stores.run(() -> {
            MemoryState.Queue queue = state.queue(sessionId);
            List<Integer> sent = queue.entries.values().stream()
                    .map(entry -> entry.sentPacketId)
                    .filter(packetId -> packetId != 0)
                    .toList();
            return new FlowState(List.copyOf(queue.released), sent);
        });
    }

    @Override
    public CompletionStage<Long> depth(long sessionId) {
        return stores.run(() -> (long) state.queue(sessionId).entries.size());
    }

    @Override
    public long pendingBytes() {
        return pendingBytes.get();
    }

    StoreMetrics metrics() {
        return metrics;
    }
}
