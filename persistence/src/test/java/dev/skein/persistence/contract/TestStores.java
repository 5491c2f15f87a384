package dev.skein.persistence.contract;

import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Short words for what tests do with stores; every wait has a deadline. */
public final class TestStores {
    /** The instance of all tests. */
    public static final String INSTANCE = "default";

    /** Time for anything. */
    static final Duration DEADLINE = Duration.ofMinutes(1);

    private TestStores() {}

    /** Generous bounds, sweeping only when asked. */
    public static StoreSettings settings() {
        return settings(1_000_000, 10_000_000, "one");
    }

    /** With bounds by session and instance, and the name of a node. */
    public static StoreSettings settings(long maxSession, long maxInstance, String nodeName) {
        return new StoreSettings(Duration.ofDays(3), maxSession, maxInstance, Duration.ofDays(1), 1000, nodeName);
    }

    /** The result of {@code stage}, within the deadline. */
    public static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** A persistent session of {@link #INSTANCE}. */
    public static StoredSession session(Stores stores, String clientId) {
        return get(stores.sessions().create(new SessionKey(INSTANCE, clientId), null, 1));
    }

    /** Submits a message; the future is its outcome. */
    public static CompletableFuture<MessageId> append(
            MessageStore store, String topic, String payload, List<Receiver> receivers) {
        return append(store, topic, payload.getBytes(StandardCharsets.UTF_8), receivers, null);
    }

    /** Submits a message; the future is its outcome. */
    public static CompletableFuture<MessageId> append(
            MessageStore store,
            String topic,
            byte[] payload,
            List<Receiver> receivers,
            StoreCommand.@Nullable InboundMark mark) {
        CompletableFuture<MessageId> done = new CompletableFuture<>();
        store.submit(new StoreCommand.Append(
                INSTANCE, topic, Content.of(payload), Origin.UNKNOWN, receivers, mark, listener(done)));
        return done;
    }

    /** Submits a QoS 1 message for one session. */
    public static CompletableFuture<MessageId> append(MessageStore store, StoredSession session, String payload) {
        return append(store, "t/" + payload, payload, List.of(new Receiver(session.id(), 1)));
    }

    /** Submits a QoS 1 message for one session. */
    public static CompletableFuture<MessageId> append(MessageStore store, StoredSession session, byte[] payload) {
        return append(store, "t", payload, List.of(new Receiver(session.id(), 1)), null);
    }

    /** What {@link #append} fails with when the mark was there already. */
    static final class Repeated extends RuntimeException {
        Repeated(MessageId first) {
            super("stored before as " + first);
        }
    }

    /** What {@link #append} fails with when it was not wanted any more. */
    static final class PassedOver extends RuntimeException {}

    private static StoreCommand.AppendListener listener(CompletableFuture<MessageId> done) {
        return listener(done, () -> true);
    }

    /** Tells {@code done} the outcome. */
    static StoreCommand.AppendListener listener(CompletableFuture<MessageId> done, BooleanSupplier wanted) {
        return new StoreCommand.AppendListener() {
            @Override
            public boolean isWanted() {
                return wanted.getAsBoolean();
            }

            @Override
            public void passedOver() {
                done.completeExceptionally(new PassedOver());
            }

            @Override
            public void committed(MessageId id) {
                done.complete(id);
            }

            @Override
            public void repeated(MessageId first) {
                done.completeExceptionally(new Repeated(first));
            }

            @Override
            public void failed(StoreUnavailableException cause) {
                done.completeExceptionally(cause);
            }
        };
    }

    /** Waits until everything submitted before is committed. */
    public static void flush(MessageStore store) {
        get(append(store, "flush", "", List.of()));
    }

    /** The whole queue, read in pages. */
    public static List<QueuedMessage> drain(MessageStore store, long sessionId, int pageSize) {
        QueueCursor cursor = new QueueCursor();
        List<QueuedMessage> messages = new ArrayList<>();
        boolean more = true;
        while (more) {
            QueuePage page = get(store.page(sessionId, cursor, pageSize, Integer.MAX_VALUE));
            page.messages().forEach(message -> cursor.advance(message.id()));
            messages.addAll(page.messages());
            more = page.more();
        }
        return messages;
    }

    /** Payloads of the whole queue, as text. */
    public static List<String> payloads(MessageStore store, StoredSession session) {
        return drain(store, session.id(), 100).stream().map(TestStores::text).toList();
    }

    /** The payload as text. */
    public static String text(QueuedMessage message) {
        return new String(message.payload(), StandardCharsets.UTF_8);
    }
}
