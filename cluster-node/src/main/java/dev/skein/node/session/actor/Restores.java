package dev.skein.node.session.actor;

import dev.skein.node.admission.Budget;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads sessions for actors that start, so many at once as the node's budget allows. Thread-safe.
 *
 * @param sessions where they are kept
 * @param budget of sessions that are read
 */
public record Restores(SessionStore sessions, Budget budget) {

    /** As {@link SessionStore#find}, when its turn has come; fails when it does not come. */
    CompletionStage<Optional<StoredSession>> find(SessionKey key) {
        CompletableFuture<Optional<StoredSession>> done = new CompletableFuture<>();
        Budget.Ticket ticket = budget.enter(new Waiting(this, key, done));
        switch (ticket.entered()) {
            case ADMITTED -> read(key, ticket, done);
            case FULL -> refuse("too many wait to be read", done);
            case WAITING, OVERDUE, DONE -> {
                // The budget calls.
            }
        }
        return done;
    }

    private void read(SessionKey key, Budget.Ticket ticket, CompletableFuture<Optional<StoredSession>> done) {
        ticket.mayLapse();
        var _ = sessions.find(key).whenComplete((session, failure) -> {
            ticket.done();
            if (failure == null) {
                done.complete(session);
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    private static void refuse(String why, CompletableFuture<Optional<StoredSession>> done) {
        done.completeExceptionally(
                new StoreUnavailableException("session: " + why, new RejectedExecutionException(why)));
    }

    private record Waiting(Restores restores, SessionKey key, CompletableFuture<Optional<StoredSession>> done)
            implements Budget.Waiter {
        @Override
        public void admitted(Budget.Ticket now) {
            restores.read(key, now, done);
        }

        @Override
        public void overdue(Budget.Ticket late) {
            refuse("waited for too long to be read", done);
        }
    }
}
