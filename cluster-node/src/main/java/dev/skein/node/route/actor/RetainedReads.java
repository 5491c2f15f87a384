package dev.skein.node.route.actor;

import dev.skein.node.route.RouteTable;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a router asks of the store of retained messages.
 *
 * @param parent the router's
 */
record RetainedReads(RetainedStore store, String instance, String parent) {
    /** The root keeps none of its own: filters that begin with a wildcard are answered by reading the store. */
    boolean isRoot() {
        return parent.equals(RouteTable.ROOT);
    }

    /** The next of those that the router keeps in memory. */
    CompletionStage<List<RetainedMessage>> page(String afterTopic) {
        return isRoot()
                ? CompletableFuture.completedFuture(List.of())
                : store.list(instance, parent, afterTopic, RouterRetained.PAGE);
    }

    CompletionStage<Void> write(RetainedMessage message) {
        return message.payload().length == 0 ? store.remove(instance, message.topic()) : store.put(instance, message);
    }

    /** Answers with what was found; bodies that are not in memory are read first. */
    void answer(RouterRetained.Found found, RouterCommand.FindRetained find) {
        if (found.lacking().isEmpty()) {
            find.replyTo().tell(found.page(Map.of()));
        } else {
            // Should it fail, there is no answer: who asks, asks again.
            var _ = store.read(instance, found.lacking())
                    .thenAccept(read -> find.replyTo().tell(found.page(read)));
        }
    }

    /**
     * Reads pages, of the whole instance for the root, until the answer is full, the end was reached or enough was
     * looked at.
     */
    void find(RetainedSearch search, RouterCommand.FindRetained find) {
        var _ = store.list(instance, isRoot() ? null : parent, search.last(), RouterRetained.PAGE)
                .handle((messages, failure) -> {
                    if (failure != null) {
                        find.replyTo().tell(search.lastPage());
                    } else if (!search.take(messages)) {
                        find.replyTo().tell(search.page());
                    } else if (messages.isEmpty()) {
                        find.replyTo().tell(search.lastPage());
                    } else {
                        find(search, find);
                    }
                    return null;
                });
    }
}
