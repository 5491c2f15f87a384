package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.journal.Move;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run of writes comes to, grouped so that each kind is one JDBC batch.
 *
 * <p>The groups are carried out in the order of the fields. That equals the order of submission because of what cannot
 * be: a queue row is never named before its append was committed (its identity is told then), and nothing follows the
 * removal of a session but its making anew, which starts another plan. Of several writes to one place, a packet
 * identifier, a filter or a topic, only the last is kept.
 */
final class Plan {
    /** A packet identifier of a session. */
    record PacketKey(long sessionId, int packetId) {}

    /** A filter of a session, as its client wrote it. */
    record FilterKey(long sessionId, String instance, String filter) {}

    /** A topic of an instance. */
    record TopicKey(String instance, String topic) {}

    /** A row of a queue. */
    record Removal(long sessionId, MessageId id) {}

    /** Stands for "removed" among positions. */
    static final int REMOVED = -1;

    final List<DamagedRow> damaged = new ArrayList<>();
    final List<Write.CreateSession> creates = new ArrayList<>();
    final List<Write.Append> appends = new ArrayList<>();
    /** Those of them that are wills. */
    final List<Write.Append> published = new ArrayList<>();
    /** The message to be noted; empty: the mark is to be gone. */
    final Map<PacketKey, Optional<MessageId>> inbound = new LinkedHashMap<>();

    private final Set<PacketKey> inboundReleased = new HashSet<>();
    /** Position, or {@link #REMOVED}. */
    final Map<PacketKey, Long> released = new LinkedHashMap<>();

    final List<StoreCommand.Sent> sent = new ArrayList<>();
    final List<Removal> removals = new ArrayList<>();
    final List<Write.Trim> trims = new ArrayList<>();
    final List<Move> moves = new ArrayList<>();
    /** Numbers of the journal's files. */
    final List<Long> journalFiles = new ArrayList<>();

    final List<MessageId> bodies = new ArrayList<>();
    /** Empty: it is removed. */
    final Map<FilterKey, Optional<Subscription>> subscriptions = new LinkedHashMap<>();

    /** By session. */
    final Map<Long, StoredSession> noted = new LinkedHashMap<>();
    /** By session. */
    final Map<Long, StoredSession> owners = new LinkedHashMap<>();

    final Map<TopicKey, Optional<RetainedMessage>> retained = new LinkedHashMap<>();
    /** Wills by connection; empty: to be removed. */
    final Map<Long, Optional<StoredWill>> wills = new LinkedHashMap<>();

    final List<Write.ClaimWill> claims = new ArrayList<>();
    final List<Long> deletes = new ArrayList<>();
    final List<Long> discarded = new ArrayList<>();

    private final Set<SessionKey> deletedKeys = new HashSet<>();

    private Plan() {}

    /** Plans {@code writes}, to be carried out one after another in one transaction. */
    static List<Plan> of(List<Write> writes) {
        List<Plan> plans = new ArrayList<>();
        Plan plan = new Plan();
        plans.add(plan);
        for (Write write : writes) {
            if (write instanceof Write.CreateSession create && plan.deletedKeys.contains(create.key)) {
                plan = new Plan();
                plans.add(plan);
            }
            plan.add(write);
        }
        plans.forEach(Plan::order);
        return plans;
    }

    /** One order for all nodes, so that two that change the same rows seldom wait for each other in a circle. */
    private void order() {
        removals.sort(Comparator.comparingLong(Removal::sessionId).thenComparing(Removal::id));
        sent.sort(Comparator.comparingLong(StoreCommand.Sent::sessionId).thenComparing(StoreCommand.Sent::id));
        deletes.sort(Comparator.naturalOrder());
        discarded.sort(Comparator.naturalOrder());
    }

    private void add(Write write) {
        switch (write) {
            case Write.Append append -> add(append);
            case Write.Acknowledge(var command) -> removals.add(new Removal(command.sessionId(), command.id()));
            case Write.Sent(var command) -> sent.add(command);
            case Write.Received received -> add(received);
            case Write.Completed(var command) ->
                released.put(new PacketKey(command.sessionId(), command.packetId()), (long) REMOVED);
            case Write.InboundReleased(var command) -> {
                PacketKey key = new PacketKey(command.sessionId(), command.packetId());
                inbound.put(key, Optional.empty());
                inboundReleased.add(key);
            }
            case Write.CreateSession create -> creates.add(create);
            case Write.Subscribe subscribe -> add(subscribe);
            case Write.Unsubscribe unsubscribe -> add(unsubscribe);
            case Write.NoteSession(var session, var _) -> noted.put(session.id(), session);
            case Write.OwnSession(var session, var owner, var _) -> owners.put(session.id(), session.ownedBy(owner));
            case Write.DeleteSession delete -> {
                deletes.add(delete.session().id());
                deletedKeys.add(delete.session().key());
            }
            case Write.PutRetained put ->
                retained.put(new TopicKey(put.instance(), put.message().topic()), Optional.of(put.message()));
            case Write.RemoveRetained remove ->
                retained.put(new TopicKey(remove.instance(), remove.topic()), Optional.empty());
            case Write.PutWill put -> wills.put(put.will().connectionId(), Optional.of(put.will()));
            case Write.RemoveWill remove -> wills.put(remove.connectionId(), Optional.empty());
            case Write.ClaimWill claim -> claims.add(claim);
            case Write.Trim trim -> trims.add(trim);
            case Write.Move(var piece, var _) -> add(piece);
            case Write.JournalFile(var segment, var _) -> journalFiles.add(segment);
            case Write.DropBodies drop -> bodies.addAll(drop.bodies());
            case Write.DropDiscarded drop -> discarded.addAll(drop.sessionIds());
            case Write.SetAside(var row, var _) -> damaged.add(row);
            case Write.Barrier _, Write.Probe _ -> {}
        }
    }

    private void add(Write.Append append) {
        appends.add(append);
        append.repeated = null;
        append.refused = false;
        switch (append.command().mark()) {
            case null -> {}
            case StoreCommand.WillMark _ -> published.add(append);
            case StoreCommand.InboundMark mark -> {
                PacketKey key = new PacketKey(mark.sessionId(), mark.packetId());
                append.repeated = inbound.getOrDefault(key, Optional.empty()).orElse(null);
                if (append.repeated == null) {
                    inbound.put(key, Optional.of(append.id()));
                }
            }
        }
    }

    /** Messages to be written, once it is known which marks and wills were in the database before this plan. */
    List<Write.Append> fresh(Map<PacketKey, MessageId> there) {
        List<Write.Append> fresh = new ArrayList<>(appends.size());
        for (Write.Append append : appends) {
            if (!there.isEmpty() && append.command().mark() instanceof StoreCommand.InboundMark mark) {
                PacketKey key = new PacketKey(mark.sessionId(), mark.packetId());
                if (there.containsKey(key) && !inboundReleased.contains(key)) {
                    append.repeated = there.get(key);
                }
            }
            if (append.isNew()) {
                fresh.add(append);
            }
        }
        return fresh;
    }

    /** Messages and marks stand in the piece; what it says of rows goes with that of others. */
    private void add(Move piece) {
        moves.add(piece);
        piece.removed().forEach(place -> removals.add(new Removal(place.sessionId(), place.id())));
        piece.sent().forEach((place, packetId) -> sent(place.sessionId(), place.id(), packetId));
        for (Move.Message message : piece.messages()) {
            for (Move.Row row : message.rows()) {
                if (row.sentPacketId() != 0) {
                    sent(row.sessionId(), message.id(), row.sentPacketId());
                }
            }
        }
    }

    private void sent(long sessionId, MessageId id, int packetId) {
        sent.add(new StoreCommand.Sent(sessionId, id, packetId, () -> {}));
    }

    private void add(Write.Received received) {
        StoreCommand.Received command = received.command();
        removals.add(new Removal(command.sessionId(), command.id()));
        PacketKey key = new PacketKey(command.sessionId(), command.packetId());
        released.remove(key);
        released.put(key, received.position());
    }

    private void add(Write.Subscribe subscribe) {
        for (Subscription subscription : subscribe.subscriptions()) {
            subscriptions.put(
                    new FilterKey(
                            subscribe.session().id(), subscribe.session().key().instance(), subscription.fullFilter()),
                    Optional.of(subscription));
        }
    }

    private void add(Write.Unsubscribe unsubscribe) {
        for (String filter : unsubscribe.filters()) {
            subscriptions.put(
                    new FilterKey(
                            unsubscribe.session().id(),
                            unsubscribe.session().key().instance(),
                            filter),
                    Optional.empty());
        }
    }
}
