package dev.skein.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A node that is starting. It may wait for others for as long as there are none, so the start can be given up.
 *
 * @param node completes when it serves; fails, with everything stopped again, when it cannot
 * @param givingUp leaves the cluster, if it is in one by then, and stops everything; only while it does not serve
 */
record NodeStart(CompletionStage<SkeinNode> node, Supplier<CompletionStage<?>> givingUp) {
    /** Ends what was begun. */
    CompletableFuture<Void> giveUp() {
        return givingUp.get().thenAccept(_ -> {}).toCompletableFuture();
    }
}
