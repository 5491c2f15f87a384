package dev.skein.persistence.memory;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Subscription;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link MemoryStores} keeps, as a database would. Guarded by its own monitor. */
final class MemoryState {
    static final Comparator<SessionKey> BY_CLIENT =
            Comparator.comparing(SessionKey::instance).thenComparing(SessionKey::clientId);

    /** A session's own row. */
    static final class Session {
        final long id;
        final SessionKey key;
        final long createdAt;
        long disconnectedAt;

        @Nullable
        String owner;

        @Nullable
        Long expirySeconds;

        long holder;
        boolean willWaits;

        final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

        Session(long id, StoredSession wanted) {
            this.id = id;
            this.key = wanted.key();
            this.owner = wanted.owner();
            this.createdAt = wanted.createdAt();
            note(wanted);
        }

        void note(StoredSession now) {
            disconnectedAt = now.disconnectedAt();
            expirySeconds = now.expirySeconds();
            holder = now.holder();
            willWaits = now.willWaits();
        }

        StoredSession stored() {
            return new StoredSession(
                    id,
                    key,
                    createdAt,
                    disconnectedAt,
                    owner,
                    expirySeconds,
                    holder,
                    willWaits,
                    List.copyOf(subscriptions.values()));
        }
    }

    /** A queue entry. */
    static final class Entry {
        final StoreCommand.Append append;
        final StoreCommand.Receiver receiver;
        int sentPacketId;

        Entry(StoreCommand.Append append, StoreCommand.Receiver receiver) {
            this.append = append;
            this.receiver = receiver;
        }
    }

    /** A queue with the QoS 2 state beside it. */
    static final class Queue {
        final TreeMap<MessageId, Entry> entries = new TreeMap<>();
        final Set<Integer> released = new LinkedHashSet<>();
        final Map<Integer, MessageId> inbound = new LinkedHashMap<>();
    }

    final TreeMap<SessionKey, Session> sessions = new TreeMap<>(BY_CLIENT);
    final Map<Long, Session> sessionsById = new TreeMap<>();
    final Map<Long, Queue> queues = new TreeMap<>();
    final Map<String, TreeMap<String, RetainedMessage>> retained = new TreeMap<>();
    final Map<Long, StoredWill> wills = new TreeMap<>();
    /** What wills that were published have become. */
    final Map<Long, MessageId> willMessages = new TreeMap<>();

    final Map<String, Integer> writers = new TreeMap<>();
    final Map<String, Long> seenAt = new TreeMap<>();
    final Map<SessionKey, DeviceCredential> devices = new TreeMap<>(BY_CLIENT);
    long lastSessionId;
    long lastSequence;

    /** The writer id of a node. */
    int writer(String nodeName) {
        return writers.computeIfAbsent(nodeName, _ -> writers.size() + 1);
    }

    Queue queue(long sessionId) {
        return queues.computeIfAbsent(sessionId, _ -> new Queue());
    }
}
