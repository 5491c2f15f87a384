package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One thing to be written, with whom to tell. Handed to the {@link Committer}; confined to its thread from then on. */
public sealed interface Write {
    /** What a row takes beside its payload: here while it waits, and as a change and its undoing in a transaction. */
    int ROW_BYTES = 200;

    /** Rows of removed sessions' queues that go in one commit, when they are small; the rest goes in later ones. */
    int QUEUE_PIECE = 2_000;

    /** The commit that holds it is done. Runs on the writing thread. */
    void committed();

    /** It will not be written. */
    void failed(StoreUnavailableException cause);

    /** Whether it is still to be written. */
    default boolean isWanted() {
        return true;
    }

    /** It was not wanted any more. */
    default void passedOver() {}

    /** How many sequences it needs. */
    default int sequences() {
        return 0;
    }

    /** Gives it the sequences it asked for, once, before the first attempt. */
    default void assign(long firstSequence, long writer) {}

    /** Whether its caller relies on it after a power cut. */
    default boolean isAwaited() {
        return true;
    }

    /** Whether it goes before all that waits: publishers wait for it, and nothing depends on the order. */
    default boolean isUrgent() {
        return false;
    }

    /** Rows that it writes or removes. */
    default int rows() {
        return 1;
    }

    /** Bytes of its payload or texts. */
    default int payloadBytes() {
        return 0;
    }

    /** Bytes that it takes while it waits, and about so many in its transaction. */
    default long bytes() {
        return payloadBytes() + (long) ROW_BYTES * rows();
    }

    /** A message for queues. */
    final class Append implements Write {
        private final StoreCommand.Append command;
        private MessageId id = new MessageId(0, 0);
        /** The message that its mark stood for already, or null; worked out anew by each attempt that writes. */
        @Nullable
        MessageId repeated;
        /** Whether it is a will that is not its node's; worked out as {@link #repeated}. */
        boolean refused;

        Append(StoreCommand.Append command) {
            this.command = command;
        }

        /** What was asked for. */
        public StoreCommand.Append command() {
            return command;
        }

        MessageId id() {
            return id;
        }

        /** Whether the commit has it, and did not have it before. */
        public boolean isNew() {
            return repeated == null && !refused;
        }

        @Override
        public int sequences() {
            return Math.max(1, command.receivers().size());
        }

        @Override
        public int rows() {
            return sequences();
        }

        @Override
        public void assign(long firstSequence, long writer) {
            id = new MessageId(firstSequence, writer);
        }

        @Override
        public int payloadBytes() {
            return command.bytes();
        }

        @Override
        public void committed() {
            if (refused) {
                command.listener().passedOver();
            } else if (repeated != null) {
                command.listener().repeated(repeated);
            } else {
                command.listener().committed(id);
            }
        }

        @Override
        public void failed(StoreUnavailableException cause) {
            command.listener().failed(cause);
        }

        @Override
        public boolean isWanted() {
            return command.isWanted();
        }

        @Override
        public void passedOver() {
            command.listener().passedOver();
        }
    }

    /** A message leaves a queue. */
    record Acknowledge(StoreCommand.Acknowledge command) implements Write {
        @Override
        public void committed() {}

        @Override
        public void failed(StoreUnavailableException cause) {}
    }

    /** A step of a QoS 2 exchange. */
    sealed interface Qos2Step extends Write {
        /** What was asked for. */
        StoreCommand.Qos2Step command();

        @Override
        default boolean isWanted() {
            return command().isWanted();
        }

        @Override
        default void committed() {
            command().listener().committed();
        }

        @Override
        default void failed(StoreUnavailableException cause) {}
    }

    /** A QoS 2 message gets its packet identifier. */
    record Sent(StoreCommand.Sent command) implements Qos2Step {}

    /** A QoS 2 message leaves a queue, its packet identifier stays. */
    final class Received implements Qos2Step {
        private final StoreCommand.Received command;
        private long position;

        Received(StoreCommand.Received command) {
            this.command = command;
        }

        /** Place among the released packet identifiers. */
        long position() {
            return position;
        }

        @Override
        public int sequences() {
            return 1;
        }

        @Override
        public void assign(long firstSequence, long writer) {
            position = firstSequence;
        }

        @Override
        public StoreCommand.Received command() {
            return command;
        }
    }

    /** A QoS 2 delivery is over. */
    record Completed(StoreCommand.Completed command) implements Qos2Step {}

    /** An inbound QoS 2 exchange is over. */
    record InboundReleased(StoreCommand.InboundReleased command) implements Qos2Step {}

    /** Writes nothing; tells when everything before it is committed. */
    record Barrier(StoreCommand.Barrier command) implements Write {
        @Override
        public int rows() {
            return 0;
        }

        @Override
        public void committed() {
            command.listener().committed();
        }

        @Override
        public void failed(StoreUnavailableException cause) {}
    }

    /** A session is made or found. */
    final class CreateSession implements Write {
        final SessionKey key;
        final StoredSession wanted;
        final CompletableFuture<StoredSession> done;

        @Nullable
        StoredSession result;

        public CreateSession(StoredSession wanted, CompletableFuture<StoredSession> done) {
            this.key = wanted.key();
            this.wanted = wanted;
            this.done = done;
        }

        @Override
        public int payloadBytes() {
            return sessionBytes(key);
        }

        @Override
        public void committed() {
            done.complete(result);
        }

        @Override
        public void failed(StoreUnavailableException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Something whose caller only waits for the commit. */
    sealed interface Plain extends Write {
        CompletableFuture<Void> done();

        @Override
        default void committed() {
            done().complete(null);
        }

        @Override
        default void failed(StoreUnavailableException cause) {
            done().completeExceptionally(cause);
        }
    }

    /** Adds or changes subscriptions. */
    record Subscribe(StoredSession session, List<Subscription> subscriptions, CompletableFuture<Void> done)
            implements Plain {
        @Override
        public int rows() {
            return subscriptions.size();
        }

        @Override
        public int payloadBytes() {
            return subscriptions.stream()
                    .mapToInt(each -> each.fullFilter().length())
                    .sum();
        }
    }

    /** Removes subscriptions. */
    record Unsubscribe(StoredSession session, List<String> filters, CompletableFuture<Void> done) implements Plain {
        @Override
        public int rows() {
            return filters.size();
        }

        @Override
        public int payloadBytes() {
            return filters.stream().mapToInt(String::length).sum();
        }
    }

    /** Notes when the client was there last, who has the session and how it ends. */
    record NoteSession(StoredSession session, CompletableFuture<Void> done) implements Plain {}

    /** Gives a session to an identity. */
    record OwnSession(StoredSession session, String owner, CompletableFuture<Void> done) implements Plain {}

    /** Removes a session. */
    record DeleteSession(StoredSession session, CompletableFuture<Void> done) implements Plain {
        @Override
        public int payloadBytes() {
            return sessionBytes(session.key());
        }
    }

    /** Sets a retained message. */
    record PutRetained(String instance, RetainedMessage message, CompletableFuture<Void> done) implements Plain {
        @Override
        public int payloadBytes() {
            return message.bytes();
        }
    }

    /** Clears a retained message. */
    record RemoveRetained(String instance, String topic, CompletableFuture<Void> done) implements Plain {}

    /** Keeps a will. */
    record PutWill(StoredWill will, CompletableFuture<Void> done) implements Plain {
        @Override
        public int payloadBytes() {
            return will.will().topic().length() + will.will().content().bytes();
        }
    }

    /** Forgets a will. */
    record RemoveWill(long connectionId, CompletableFuture<Void> done) implements Plain {}

    /** A node undertakes to publish a will, now or later; or a will that waits is forgotten. */
    final class ClaimWill implements Write {
        /** Stands for the node of a will that is forgotten. */
        static final long NOBODY = 0;

        final StoredWill will;
        final long newNode;
        final long dueAt;
        final CompletableFuture<Boolean> done;
        boolean granted;

        private ClaimWill(StoredWill will, long newNode, long dueAt, CompletableFuture<Boolean> done) {
            this.will = will;
            this.newNode = newNode;
            this.dueAt = dueAt;
            this.done = done;
        }

        /** {@code newNode} publishes it now. */
        public static ClaimWill now(StoredWill will, long newNode, CompletableFuture<Boolean> done) {
            return new ClaimWill(will, newNode, 0, done);
        }

        /** {@code newNode} publishes it at {@code dueAt}, in milliseconds. */
        public static ClaimWill later(StoredWill will, long newNode, long dueAt, CompletableFuture<Boolean> done) {
            return new ClaimWill(will, newNode, dueAt, done);
        }

        /** Nobody publishes it. */
        public static ClaimWill forgotten(StoredWill will, CompletableFuture<Boolean> done) {
            return new ClaimWill(will, NOBODY, 0, done);
        }

        @Override
        public void committed() {
            done.complete(granted);
        }

        @Override
        public void failed(StoreUnavailableException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Removes queue rows that a bound or their age makes go; completes with how many were still there. */
    final class Trim implements Write {
        final List<QueueRow> rows;
        final CompletableFuture<Long> done;
        long removed;

        public Trim(List<QueueRow> rows, CompletableFuture<Long> done) {
            this.rows = rows;
            this.done = done;
        }

        @Override
        public int rows() {
            return rows.size();
        }

        @Override
        public boolean isAwaited() {
            return false;
        }

        @Override
        public void committed() {
            done.complete(removed);
        }

        @Override
        public void failed(StoreUnavailableException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** What the journal has for the tables. */
    record Move(dev.skein.persistence.journal.Move piece, CompletableFuture<Void> done) implements Plain {
        @Override
        public boolean isAwaited() {
            return false; // before the journal removes a file it asks for that itself
        }

        @Override
        public int rows() {
            return piece.rows();
        }

        @Override
        public int payloadBytes() {
            return (int) Math.min(Integer.MAX_VALUE, piece.bytes());
        }
    }

    /** Notes that a file of the journal is there. */
    record JournalFile(long segment, CompletableFuture<Void> done) implements Plain {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /** Removes bodies that no queue row needs. */
    record DropBodies(List<MessageId> bodies, CompletableFuture<Void> done) implements Plain {
        @Override
        public int rows() {
            return bodies.size();
        }

        @Override
        public boolean isAwaited() {
            return false;
        }
    }

    /** Removes a further piece of the queues of discarded sessions. */
    record DropDiscarded(List<Long> sessionIds, CompletableFuture<Void> done) implements Plain {
        @Override
        public int rows() {
            return QUEUE_PIECE;
        }

        @Override
        public boolean isAwaited() {
            return false;
        }
    }

    /** Puts a damaged row where nobody reads it. */
    record SetAside(DamagedRow row, CompletableFuture<Void> done) implements Plain {}

    /** Writes nothing: shows whether the database commits. */
    record Probe(CompletableFuture<Void> done) implements Plain {
        @Override
        public int rows() {
            return 0;
        }
    }

    /** A client ID stands in the row of its session and in an index, many of whose pages change when it is long. */
    private static int sessionBytes(SessionKey key) {
        return 16 * key.clientId().length();
    }

    /** Key of one row of the queue table. */
    record QueueRow(long rowSequence, long writer) {}

    /** The write for {@code command}. */
    static Write of(StoreCommand command) {
        return switch (command) {
            case StoreCommand.Append append -> new Append(append);
            case StoreCommand.Acknowledge acknowledge -> new Acknowledge(acknowledge);
            case StoreCommand.Sent sent -> new Sent(sent);
            case StoreCommand.Received received -> new Received(received);
            case StoreCommand.Completed completed -> new Completed(completed);
            case StoreCommand.InboundReleased released -> new InboundReleased(released);
            case StoreCommand.Barrier barrier -> new Barrier(barrier);
        };
    }
}
