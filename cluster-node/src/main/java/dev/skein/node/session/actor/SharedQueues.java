package dev.skein.node.session.actor;

import dev.skein.persistence.api.StoredSession;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What waits in the queue of a persistent session for its shared subscriptions. Thread-safe; nothing blocks. */
public interface SharedQueues {
    /**
     * Hands it to other members, because {@code session} ends.
     *
     * @param filters of the session; no route table has those that are shared any more
     * @return completes when other members have it, or there is none; fails when the queue cannot be read
     */
    CompletionStage<Void> handOn(StoredSession session, List<String> filters);
}
