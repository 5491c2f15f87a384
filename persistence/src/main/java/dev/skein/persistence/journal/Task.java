package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;

/** What the writing thread is given. */
sealed interface Task {
    /** It will not be done. */
    void failed(StoreUnavailableException cause);

    /** A write. */
    record Command(StoreCommand command) implements Task {
        @Override
        public void failed(StoreUnavailableException cause) {
            if (command instanceof StoreCommand.Append append) {
                append.listener().failed(cause);
            }
        }
    }

    /** What was written of a session is nobody's; noted in the journal when its identity might be given again. */
    record Discard(long sessionId, boolean noted, CompletableFuture<Void> done) implements Task {
        @Override
        public void failed(StoreUnavailableException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Everything so far goes to the tables; {@code done} completes when it is there. */
    record Flush(CompletableFuture<Void> done) implements Task {
        @Override
        public void failed(StoreUnavailableException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Something to be told on this thread, behind what was told before. */
    record Tell(Runnable what) implements Task {
        @Override
        public void failed(StoreUnavailableException cause) {
            what.run();
        }
    }
}
