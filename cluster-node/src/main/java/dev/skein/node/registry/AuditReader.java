package dev.skein.node.registry;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** Reads events back from the journal. */
@FunctionalInterface
public interface AuditReader {
    /** Entries {@code from..to}, oldest first. */
    CompletionStage<List<RegistryReply.AuditEntry>> read(String persistenceId, long from, long to);

    /**
     * Reads through a journal's query side, which is looked up at the first read.
     *
     * @param readJournalPluginId such as {@code jdbc-read-journal}
     */
    static AuditReader ofJournal(ActorSystem<?> system, String readJournalPluginId) {
        return (persistenceId, from, to) -> {
            Source<EventEnvelope, NotUsed> events = PersistenceQuery.get(system)
                    .getReadJournalFor(CurrentEventsByPersistenceIdQuery.class, readJournalPluginId)
                    .currentEventsByPersistenceId(persistenceId, from, to);
            return events.map(envelope -> ((RegistryEvent) envelope.event()).audit(envelope.sequenceNr()))
                    .runWith(Sink.seq(), system);
        };
    }
}
