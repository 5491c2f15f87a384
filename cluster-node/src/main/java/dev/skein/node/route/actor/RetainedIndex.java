package dev.skein.node.route.actor;

import dev.skein.node.route.RouteTable;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.topic.TopicFilters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A router's retained messages, in the order of their topics. The root keeps none of its own: filters that begin with a
 * wildcard are answered by reading the store. Confined to its router.
 */
final class RetainedIndex {
    private static final int PAGE = 1000;
    /** Topics looked at for one answer: a filter that matches few of many is answered in several pages. */
    private static final int SCAN_MAX = 20_000;
    /** Bytes after which an answer ends: it may have to travel to another node. */
    private static final int ANSWER_BYTES = 256 * 1024;
    /** Writes remembered; one that is held up on its way comes within seconds, or not at all. */
    private static final int RECENT_MAX = 1000;

    private final RetainedStore store;
    private final String instance;
    private final String parent;
    private final RetainedMemory memory;
    private final TreeMap<String, Kept> byTopic = new TreeMap<>();
    /** The newest write of each, those that cleared a topic too. */
    private final LinkedHashMap<Written, Write> recent = new LinkedHashMap<>();

    private boolean loaded;

    /** @param message null when its body, of so many bytes, is in the store alone */
    private record Kept(MessageId id, int bytes, @Nullable RetainedMessage message) {}

    private record Written(String topic, long writer) {
        static Written of(RetainedMessage message) {
            return new Written(message.topic(), message.id().writer());
        }
    }

    private record Write(long sequence, CompletionStage<Void> done) {}

    RetainedIndex(RetainedStore store, String instance, String parent, RetainedMemory memory) {
        this.store = store;
        this.instance = instance;
        this.parent = parent;
        this.memory = memory;
        this.loaded = isRoot();
    }

    private boolean isRoot() {
        return parent.equals(RouteTable.ROOT);
    }

    boolean loaded() {
        return loaded;
    }

    CompletionStage<List<RetainedMessage>> nextPage(String after) {
        return isRoot() ? CompletableFuture.completedFuture(List.of()) : store.list(instance, parent, after, PAGE);
    }

    /** Takes a page in; returns after which topic to go on unless {@link #loaded}. */
    String take(List<RetainedMessage> page) {
        page.forEach(this::keep);
        loaded = page.isEmpty();
        return page.isEmpty() ? "" : page.getLast().topic();
    }

    boolean hasRoom(RetainedMessage message) {
        return message.payload().length == 0
                || byTopic.containsKey(message.topic())
                || (byTopic.size() < memory.messagesMax() && memory.hasRoom(message.topic()));
    }

    /**
     * Whether {@code message} was held up on its way until a newer one of its writer had come: one that is not answered
     * is asked for again, and the first copy may be the last to arrive.
     */
    boolean isOvertaken(RetainedMessage message) {
        MessageId id = message.id();
        Write newest = recent.get(Written.of(message));
        if (newest != null) {
            return newest.sequence() > id.sequence();
        }
        Kept present = byTopic.get(message.topic()); // perhaps written before this router was here
        return present != null
                && present.id().writer() == id.writer()
                && present.id().sequence() > id.sequence();
    }

    /** What comes of the write of {@code message} that is done or underway already, or null when there is none. */
    @Nullable
    CompletionStage<Void> written(RetainedMessage message) {
        Write newest = recent.get(Written.of(message));
        return newest != null && newest.sequence() == message.id().sequence() ? newest.done() : null;
    }

    /** Writes {@code message}, which is not overtaken and not written. */
    CompletionStage<Void> write(RetainedMessage message) {
        CompletionStage<Void> done =
                message.payload().length == 0 ? store.remove(instance, message.topic()) : store.put(instance, message);
        recent.putLast(Written.of(message), new Write(message.id().sequence(), done));
        if (recent.size() > RECENT_MAX) {
            recent.pollFirstEntry();
        }
        return done;
    }

    /** The store has refused it: it is written anew when it comes again. */
    void refused(RetainedMessage message) {
        if (written(message) != null) {
            recent.remove(Written.of(message));
        }
    }

    void committed(RetainedMessage message) {
        if (message.payload().length == 0) {
            forget(message.topic()); // [MQTT-3.3.1-10], [MQTT-3.3.1-11]
        } else {
            keep(message);
        }
    }

    private void keep(RetainedMessage message) {
        forget(message.topic());
        int bytes = message.payload().length;
        memory.add(message.topic());
        byTopic.put(message.topic(), new Kept(message.id(), bytes, memory.takesBody(bytes) ? message : null));
    }

    private void forget(String topic) {
        Kept before = byTopic.remove(topic);
        if (before != null) {
            memory.remove(topic);
            if (before.message() != null) {
                memory.removeBody(before.bytes());
            }
        }
    }

    /** The router ends: nothing is in memory any more. */
    void end() {
        List.copyOf(byTopic.keySet()).forEach(this::forget);
    }

    void find(RouterCommand.FindRetained find) {
        Search search = new Search(find);
        if (isRoot()) {
            findInStore(search);
        } else {
            findHere(search);
        }
    }

    /** What the index has in memory is answered at once; the bodies that it lacks are read first. */
    private void findHere(Search search) {
        List<Map.Entry<String, Kept>> found = new ArrayList<>();
        List<String> lacking = new ArrayList<>();
        String next = "";
        for (Map.Entry<String, Kept> each :
                candidates(search.find.filter(), search.find.afterTopic()).entrySet()) {
            if (search.isFull()) {
                next = search.last;
                break;
            }
            if (search.matches(each.getKey(), each.getValue().bytes())) {
                found.add(each);
                if (each.getValue().message() == null) {
                    lacking.add(each.getKey());
                }
            }
        }
        String nextAfter = next;
        if (lacking.isEmpty()) {
            answer(search, found, Map.of(), nextAfter);
        } else {
            // Should it fail, there is no answer: who asks, asks again.
            var _ = store.read(instance, lacking).thenAccept(read -> answer(search, found, read, nextAfter));
        }
    }

    private static void answer(
            Search search, List<Map.Entry<String, Kept>> found, Map<String, RetainedMessage> read, String nextAfter) {
        for (Map.Entry<String, Kept> each : found) {
            RetainedMessage kept = each.getValue().message();
            RetainedMessage message = kept == null ? read.get(each.getKey()) : kept;
            if (message != null) { // else it was cleared meanwhile
                search.found.add(message);
            }
        }
        search.answer(nextAfter);
    }

    private NavigableMap<String, Kept> candidates(String filter, String after) {
        String prefix = literalPrefix(filter);
        NavigableMap<String, Kept> from = prefix.equals(filter)
                ? byTopic.subMap(filter, true, filter, true)
                : byTopic.subMap(prefix, true, prefix + Character.MAX_VALUE, true);
        return after.isEmpty() ? from : from.tailMap(after, false);
    }

    /** What every matching topic begins with: "a/b/#" also matches "a/b", so the last slash is not part of it. */
    private static String literalPrefix(String filter) {
        int plus = filter.indexOf('+');
        int hash = filter.indexOf('#');
        int wildcard = plus < 0 ? hash : hash < 0 ? plus : Math.min(plus, hash);
        return wildcard < 0 ? filter : filter.substring(0, Math.max(0, wildcard - 1));
    }

    /** The root's search: pages of the store until the answer is full, the end was reached or enough was looked at. */
    private void findInStore(Search search) {
        var _ = store.list(instance, null, search.last, PAGE).handle((messages, failure) -> {
            if (failure != null) {
                search.answer("");
            } else if (!search.take(messages)) {
                search.answer(search.last);
            } else if (messages.isEmpty()) {
                search.answer("");
            } else {
                findInStore(search);
            }
            return null;
        });
    }

    /** What was found so far for one answer. Used by one thread after another. */
    private static final class Search {
        private final RouterCommand.FindRetained find;
        private final List<RetainedMessage> found = new ArrayList<>();
        private int matching;
        private int seen;
        private int bytes;
        private String last;

        private Search(RouterCommand.FindRetained find) {
            this.find = find;
            this.last = find.afterTopic();
        }

        /** Whether the answer takes no more. */
        private boolean isFull() {
            return matching >= Math.max(find.limit(), 1) || seen == SCAN_MAX || bytes > ANSWER_BYTES;
        }

        /** Looks at one topic, with a body of so many bytes. */
        private boolean matches(String topic, int body) {
            seen++;
            last = topic;
            boolean match = TopicFilters.matches(find.filter(), topic);
            if (match) {
                matching++;
                bytes += body + topic.length();
            }
            return match;
        }

        /** Looks at {@code messages}; false when the answer is full before their end. */
        private boolean take(List<RetainedMessage> messages) {
            for (RetainedMessage message : messages) {
                if (isFull()) {
                    return false;
                }
                if (matches(message.topic(), message.payload().length)) {
                    found.add(message);
                }
            }
            return true;
        }

        private void answer(String nextAfter) {
            find.replyTo().tell(new RouterCommand.RetainedPage(found, nextAfter));
        }
    }
}
