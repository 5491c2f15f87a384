package dev.skein.node.session.actor;

import dev.skein.persistence.api.SessionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** No node is gone. */
final class NoFormerWills implements PendingWills {
    @Override
    public boolean possible() {
        return false;
    }

    @Override
    public CompletionStage<Void> settle(SessionKey client, long connectionId, boolean takenUp) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> drop(long connectionId) {
        return CompletableFuture.completedFuture(null);
    }
}
