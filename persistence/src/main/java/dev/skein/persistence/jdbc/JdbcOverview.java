package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedSummary;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionSummary;
import dev.skein.persistence.jdbc.read.OverviewRows;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Reads for operators. */
record JdbcOverview(Reads reads) implements Overview {
    @Override
    public CompletionStage<List<SessionSummary>> sessions(String instance, String afterClientId, int limit) {
        return reads.read("sessions", connection -> OverviewRows.sessions(connection, instance, afterClientId, limit));
    }

    @Override
    public CompletionStage<Optional<SessionSummary>> session(SessionKey key) {
        return reads.read("session", connection -> OverviewRows.session(connection, key));
    }

    @Override
    public CompletionStage<List<SessionSummary>> largest(String instance, Size by, int limit) {
        return reads.read("largest sessions", connection -> OverviewRows.largest(connection, instance, by, limit));
    }

    @Override
    public CompletionStage<List<Subscription>> subscriptions(long sessionId, String afterFilter, int limit) {
        return reads.read(
                "subscriptions",
                connection -> OverviewRows.subscriptions(connection, sessionId, afterFilter, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<RetainedSummary>> retained(
            String instance, String prefix, String afterTopic, int limit) {
        return reads.read(
                "retained", connection -> OverviewRows.retained(connection, instance, prefix, afterTopic, limit));
    }

    @Override
    public CompletionStage<Usage> retainedUsage(String instance) {
        return reads.read("retained usage", connection -> OverviewRows.retainedUsage(connection, instance));
    }

    @Override
    public CompletionStage<Usage> filterUsage(String instance) {
        return reads.read("filter usage", connection -> OverviewRows.filterUsage(connection, instance));
    }
}
