package dev.skein.node.auth;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an attempt goes on from an answer of the {@link CredentialStore}. */
final class Lookup {
    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    private Lookup() {}

    /**
     * Goes on at once when the answer is there, so that what is thrown reaches the caller.
     *
     * @param later where it goes on when the answer comes later
     * @param found what was found, or null
     * @param failed the store failed
     */
    static <T> void then(
            CompletionStage<Optional<T>> lookup, Executor later, Consumer<@Nullable T> found, Runnable failed) {
        CompletableFuture<Optional<T>> answer = lookup.toCompletableFuture();
        if (answer.isDone()) {
            goOn(answer, found, failed);
            return;
        }
        var unused = answer.whenComplete((_, _) -> {
            try {
                later.execute(() -> goOn(answer, found, failed));
            } catch (RuntimeException e) {
                LOG.error("A connect cannot be decided after the credential store answered", e);
            }
        });
    }

    private static <T> void goOn(CompletableFuture<Optional<T>> answer, Consumer<@Nullable T> found, Runnable failed) {
        if (answer.isCompletedExceptionally()) {
            failed.run();
        } else {
            found.accept(answer.resultNow().orElse(null));
        }
    }
}
