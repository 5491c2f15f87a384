package dev.skein.node.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Binds the addresses of one listener to the same port.
 *
 * @param <T> what a bound socket is
 */
public interface OnePort<T> {
    /** How often another free port is tried, when the one that the first address got is taken at another. */
    int TRIES = 10;

    /** Binds one socket; port 0 takes a free one. */
    CompletionStage<T> bind(String host, int port);

    /** The port that {@code bound} has. */
    int port(T bound);

    /** Closes a socket again. */
    CompletionStage<?> close(T bound);

    /**
     * Binds every host, or none.
     *
     * @param hosts one at least
     * @param port 0 takes one that is free at every host
     * @return the sockets, in the order of the hosts; fails as {@link #bind} does
     */
    default CompletionStage<List<T>> bindAll(List<String> hosts, int port) {
        return bindAll(hosts, port, TRIES);
    }

    private CompletionStage<List<T>> bindAll(List<String> hosts, int port, int tries) {
        List<T> bound = new ArrayList<>();
        CompletionStage<?> all = CompletableFuture.completedFuture(null);
        for (String host : hosts) {
            all = all.thenCompose(_ -> bind(host, bound.isEmpty() ? port : port(bound.getFirst())))
                    .thenAccept(bound::add);
        }
        return all.handle((_, failure) -> failure == null
                        ? CompletableFuture.completedStage(List.copyOf(bound))
                        : undone(bound, hosts, port, tries, failure))
                .thenCompose(Function.identity());
    }

    private CompletionStage<List<T>> undone(List<T> bound, List<String> hosts, int port, int tries, Throwable failure) {
        CompletableFuture<?>[] closing =
                bound.stream().map(each -> close(each).toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean again = port == 0 && !bound.isEmpty() && tries > 1;
        return CompletableFuture.allOf(closing)
                .thenCompose(_ -> again ? bindAll(hosts, port, tries - 1) : CompletableFuture.failedStage(cause));
    }
}
