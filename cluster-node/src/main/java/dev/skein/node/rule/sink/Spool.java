package dev.skein.node.rule.sink;

import dev.skein.node.rule.flow.Entry;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A durable queue in the message store: the queue of a session that no client can have. Neither the bounds of sessions
 * nor those of instances hold for it. Thread-safe.
 */
public final class Spool {
    /** Payload of a page, in bytes. */
    private static final int PAGE_BYTES = 4 << 20;

    private static final int SAMPLE = 100;

    private final MessageStore store;
    private final long sessionId;
    private final Origin origin;

    private Spool(MessageStore store, long sessionId, Origin origin) {
        this.store = store;
        this.sessionId = sessionId;
        this.origin = origin;
    }

    /**
     * What is in it when it is opened.
     *
     * @param bytes about
     */
    public record Opened(Spool spool, long messages, long bytes) {}

    /** What {@link #append} has written. */
    public interface Appended {
        /** Told on a thread of the store; null when it was refused for good. */
        void told(@Nullable MessageId id);
    }

    /**
     * Opens the spool {@code name}; made when it is not there.
     *
     * @param name of a rule and a node
     */
    public static CompletionStage<Opened> open(Stores stores, String name, long nowMillis) {
        SessionKey key = new SessionKey(SessionKey.SPOOLS, name);
        MessageStore store = stores.messages();
        return stores.sessions().create(key, null, nowMillis).thenCompose(session -> {
            Spool spool = new Spool(store, session.id(), Origin.client(Origin.RULE, name));
            return store.depth(session.id())
                    .thenCombine(
                            store.page(session.id(), new QueueCursor(), SAMPLE, PAGE_BYTES),
                            (depth, first) -> new Opened(spool, depth, depth * average(first)));
        });
    }

    private static long average(QueuePage page) {
        long bytes = 0;
        for (QueuedMessage message : page.messages()) {
            bytes += message.bytes();
        }
        return page.messages().isEmpty() ? 0 : bytes / page.messages().size();
    }

    /** Writes to its end. */
    public void append(byte[] record, Appended then) {
        store.submit(new StoreCommand.Append(
                SessionKey.SPOOLS,
                "",
                Content.of(record),
                origin,
                List.of(new StoreCommand.Receiver(sessionId, 1)),
                null,
                new StoreCommand.AppendListener() {
                    @Override
                    public void committed(MessageId id) {
                        then.told(id);
                    }

                    @Override
                    public void repeated(MessageId first) {
                        then.told(first);
                    }

                    @Override
                    public void failed(StoreUnavailableException cause) {
                        then.told(null);
                    }
                }));
    }

    /**
     * Reads on.
     *
     * @param afterCommits whether what was removed until now must not come again
     */
    public CompletionStage<QueuePage> read(QueueCursor after, boolean afterCommits, int maxMessages) {
        if (!afterCommits) {
            return store.page(sessionId, after, maxMessages, PAGE_BYTES);
        }
        CompletableFuture<Boolean> committed = new CompletableFuture<>();
        store.submit(new StoreCommand.Barrier(sessionId, () -> committed.complete(true)));
        return committed.thenCompose(_ -> store.page(sessionId, after, maxMessages, PAGE_BYTES));
    }

    /** Takes an entry out. */
    public void remove(MessageId id) {
        store.submit(new StoreCommand.Acknowledge(sessionId, id));
    }

    /** Takes {@code entry} out, when it is in. */
    void remove(Entry entry) {
        MessageId stored = entry.stored();
        if (stored != null) {
            remove(stored);
        }
    }

    /** Gives each of its entries to {@code taker}, oldest first; completes behind the last one. */
    public CompletionStage<Void> forEach(Consumer<QueuedMessage> taker) {
        return next(new QueueCursor(), taker);
    }

    private CompletionStage<Void> next(QueueCursor after, Consumer<QueuedMessage> taker) {
        return read(after, false, 1000).thenCompose(page -> {
            page.messages().forEach(message -> {
                after.advance(message.id());
                taker.accept(message);
            });
            return page.more() ? next(after, taker) : CompletableFuture.completedFuture(null);
        });
    }
}
