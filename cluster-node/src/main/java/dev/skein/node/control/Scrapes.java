package dev.skein.node.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes pages of metrics off the dispatcher, one at a time: who asks meanwhile gets the page that is being made. */
final class Scrapes {
    private final Supplier<String> metrics;
    private final Executor executor;
    private final AtomicReference<@Nullable CompletableFuture<String>> running = new AtomicReference<>();

    Scrapes(Supplier<String> metrics, Executor executor) {
        this.metrics = metrics;
        this.executor = executor;
    }

    CompletionStage<String> next() {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> other = running.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        executor.execute(() -> {
            try {
                mine.complete(metrics.get());
            } catch (RuntimeException e) {
                mine.completeExceptionally(e);
            } finally {
                running.set(null);
            }
        });
        return mine;
    }
}
