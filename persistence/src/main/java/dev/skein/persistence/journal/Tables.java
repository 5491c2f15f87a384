package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.MessageId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The tables behind a journal, as its threads use them. Thread-safe. */
public interface Tables {
    /** Commits a piece; it need not be on the disk yet. Rows of sessions that are gone are left out. */
    CompletionStage<Void> move(Move piece);

    /**
     * Notes that a file of the journal is there, which has its name on the disk already. With
     * {@link JournalSettings#disk} the note is on the disk when it is told; nothing in the file counts before.
     *
     * @param segment its number
     */
    CompletionStage<Void> opened(long segment);

    /** What was committed is on the disk afterwards. Blocks. */
    void force() throws StoreUnavailableException;

    /** The message that a received packet identifier stands for in the tables. Blocks. */
    Optional<MessageId> received(InboundMark mark) throws StoreUnavailableException;

    /** Those of {@code sessions} that are not there. Blocks. */
    Set<Long> missing(Set<Long> sessions) throws StoreUnavailableException;

    /** Commits a message whose mark is in the tables, a will. */
    void append(StoreCommand.Append command);
}
