package dev.skein.node.wiring;

import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.RetainedAdmin;
import dev.skein.node.control.RetainedDeleted;
import dev.skein.node.control.RetainedPage;
import dev.skein.node.delivery.Ingress;
import dev.skein.node.delivery.MessageIds;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedSummary;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.topic.TopicFilters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages for the control API: read from the store, whoever keeps them, and deleted by their routers, which
 * are the only ones that write them.
 */
record NodeRetained(Overview store, Ingress ingress) implements RetainedAdmin {
    private static final int STORE_PAGE = 1000;
    /** Pages of the store looked at for one page of the answer. */
    private static final int STORE_PAGES = 20;

    /** A page as it comes together. */
    private static final class Found {
        private final String filter;
        private final int limit;
        private final List<RetainedSummary> messages = new ArrayList<>();
        private @Nullable String next;

        private Found(String filter, String after, int limit) {
            this.filter = filter;
            this.limit = limit;
            this.next = after;
        }

        /** Looks at {@code page}; returns whether there is room for more. */
        boolean take(List<RetainedSummary> page) {
            if (page.isEmpty()) {
                next = null;
                return false;
            }
            for (RetainedSummary each : page) {
                if (messages.size() == limit) {
                    return false;
                }
                next = each.topic();
                if (filter.isEmpty() || TopicFilters.matches(filter, each.topic())) {
                    messages.add(each);
                }
            }
            return true;
        }
    }

    @Override
    public CompletionStage<RetainedPage> list(String instance, String filter, String after, int limit) {
        return find(instance, filter, after, limit)
                .thenApply(found -> new RetainedPage(
                        found.messages.stream().map(NodeRetained::shown).toList(), found.next));
    }

    private CompletionStage<Found> find(String instance, String filter, String after, int limit) {
        return read(instance, new Found(filter, after, limit), after, 1);
    }

    private CompletionStage<Found> read(String instance, Found found, String after, int pages) {
        return store.retained(instance, literalPrefix(found.filter), after, STORE_PAGE)
                .thenCompose(page -> found.take(page) && pages < STORE_PAGES
                        ? read(instance, found, page.getLast().topic(), pages + 1)
                        : CompletableFuture.completedFuture(found));
    }

    /** What every matching topic begins with: "a/b/#" also matches "a/b", so the last slash is not part of it. */
    private static String literalPrefix(String filter) {
        int end = 0;
        while (end < filter.length() && filter.charAt(end) != '+' && filter.charAt(end) != '#') {
            end++;
        }
        return end == filter.length() ? filter : filter.substring(0, Math.max(0, end - 1));
    }

    private static RetainedPage.Message shown(RetainedSummary message) {
        return new RetainedPage.Message(
                message.topic(),
                message.bytes(),
                message.qos(),
                Instant.ofEpochMilli(MessageIds.millis(message.id())),
                message.origin().toString());
    }

    @Override
    public CompletionStage<Boolean> delete(String instance, String topic) {
        return store.retained(instance, topic, "", 1)
                .thenCompose(page -> page.isEmpty() || !page.getFirst().topic().equals(topic)
                        ? CompletableFuture.completedFuture(false)
                        : clear(instance, topic).thenApply(_ -> true));
    }

    @Override
    public CompletionStage<RetainedDeleted> deleteAll(String instance, String filter, String after, int limit) {
        return find(instance, filter, after, limit).thenCompose(found -> {
            List<CompletableFuture<Void>> cleared = found.messages.stream()
                    .map(each -> clear(instance, each.topic()).toCompletableFuture())
                    .toList();
            return CompletableFuture.allOf(cleared.toArray(CompletableFuture[]::new))
                    .thenApply(_ -> new RetainedDeleted(cleared.size(), found.next));
        });
    }

    private CompletionStage<Void> clear(String instance, String topic) {
        return ingress.clearRetained(instance, topic, Origin.API)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        new ControlException(ErrorCode.UNAVAILABLE, Failures.describe(failure))));
    }
}
