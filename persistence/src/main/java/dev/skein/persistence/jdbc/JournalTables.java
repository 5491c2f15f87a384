package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.read.QueueRows;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.read.SqlFunction;
import dev.skein.persistence.jdbc.sql.H2File;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.persistence.journal.Move;
import dev.skein.persistence.journal.Sequences;
import dev.skein.persistence.journal.Tables;
import dev.skein.protocol.message.MessageId;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the journal asks of the tables: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JournalTables implements Tables, Sequences {
    private final Committer committer;
    private final Reads reads;

    JournalTables(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public CompletionStage<Void> move(Move piece) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.Move(piece, done));
        return done;
    }

    @Override
    public CompletionStage<Void> opened(long segment) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.JournalFile(segment, done));
        return done;
    }

    @Override
    public void append(StoreCommand.Append command) {
        committer.submit(Write.of(command));
    }

    @Override
    public void force() {
        now("force", connection -> {
            H2File.force(connection);
            return true;
        });
    }

    @Override
    public Optional<MessageId> received(StoreCommand.InboundMark mark) {
        return now("received", connection -> QueueRows.inbound(connection, mark));
    }

    @Override
    public Set<Long> missing(Set<Long> sessions) {
        Set<Long> missing = new HashSet<>(sessions);
        if (!sessions.isEmpty()) {
            missing.removeAll(now("sessions", connection -> SessionRows.existing(connection, sessions)));
        }
        return missing;
    }

    private <T> T now(String what, SqlFunction<T> query) throws StoreUnavailableException {
        try {
            return reads.now(query);
        } catch (SQLException | RuntimeException e) {
            throw reads.unavailable(what, e);
        }
    }

    @Override
    public long take(int count) {
        return committer.sequence().take(count);
    }

    @Override
    public long last() {
        return committer.sequence().last();
    }

    @Override
    public void passOver(long sequence) {
        committer.sequence().passOver(sequence);
    }
}
