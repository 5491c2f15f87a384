package dev.skein.node.route.actor;

import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.Quota;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A router's retained messages, in the order of their topics, and what is being written. A message replaces any that
 * came before, but for a copy that was held up until a newer one of its writer had come. Pure, and confined to its
 * router.
 *
 * @param <R> whom to answer
 */
final class RouterRetained<R> {
    /** Messages of a page of the store. */
    static final int PAGE = 1000;
    /** Writes remembered; one that is held up on its way comes within seconds, or not at all. */
    private static final int RECENT_MAX = 1000;

    private final RetainedMemory memory;
    private final InstanceQuotas quotas;
    private final Output<R> output;
    private final TreeMap<String, Kept> byTopic = new TreeMap<>();
    /** The newest write of each, those that cleared a topic too. */
    private final LinkedHashMap<Written, Write<R>> recent = new LinkedHashMap<>();

    /** Of payloads and topics, of what is kept and of what is being written. */
    private long bytes;

    private boolean loaded;
    /** Whether there are so many that their topics are not held: they are found in the store, and none is added. */
    private boolean unlisted;

    /** @param message null when its body, of so many bytes, is in the store alone */
    private record Kept(MessageId id, int bytes, @Nullable RetainedMessage message) {}

    /**
     * What was found for one answer.
     *
     * @param topics of the answer, in order, with those of their messages that are in memory
     * @param lacking topics whose messages have to be read from the store
     * @param more whether the search goes on after this answer
     */
    record Found(
            RetainedSearch search, Map<String, @Nullable RetainedMessage> topics, List<String> lacking, boolean more) {
        /** The answer, with what was {@code read} of the store; what was cleared meanwhile is not in it. */
        RouterCommand.RetainedPage page(Map<String, RetainedMessage> read) {
            topics.forEach((topic, kept) -> {
                RetainedMessage message = kept == null ? read.get(topic) : kept;
                if (message != null) {
                    search.add(message);
                }
            });
            return more ? search.page() : search.lastPage();
        }
    }

    /** What the shell does. */
    interface Output<R> {
        /** Write a message, or clear its topic, after what was to be written before; {@link #written} follows. */
        void write(Write<R> write);

        /**
         * Answer whether a message was kept.
         *
         * @param refused the limit because of which it was not; null when there was none
         */
        void answer(R to, boolean kept, @Nullable String refused);
    }

    private record Written(String topic, long writer) {
        static Written of(RetainedMessage message) {
            return new Written(message.topic(), message.id().writer());
        }
    }

    /** A message that is being written, or was. */
    static final class Write<R> {
        private final String topic;
        private final MessageId id;
        /** Null once it is committed: its body is in the store, and in memory as long as there is room. */
        private @Nullable RetainedMessage message;

        private final List<R> waiting = new ArrayList<>(1);
        /** The write that counts when this one is refused; null when there is none, or this one is committed. */
        private @Nullable Write<R> before;

        /** Bytes by which it makes all of them more. */
        private long growth;

        private boolean committed;
        private boolean refused;

        private Write(RetainedMessage message, @Nullable Write<R> before) {
            this.topic = message.topic();
            this.id = message.id();
            this.message = message;
            this.before = before;
        }

        /** What is to be written; only until it is {@link #written}. */
        RetainedMessage message() {
            return Objects.requireNonNull(message);
        }

        private Written key() {
            return new Written(topic, id.writer());
        }

        private long sequence() {
            return id.sequence();
        }
    }

    /**
     * Has none yet.
     *
     * @param memory what the retained messages of all routers of a node may take
     * @param quotas what those of the instance may
     */
    RouterRetained(RetainedMemory memory, InstanceQuotas quotas, Output<R> output) {
        this.memory = memory;
        this.quotas = quotas;
        this.output = output;
    }

    /** Whether those that the store has are here; nothing is kept or found before. */
    boolean isLoaded() {
        return loaded;
    }

    /** Takes a page in; returns after which topic to go on unless {@link #isLoaded}. */
    String take(List<RetainedMessage> page) {
        for (RetainedMessage message : page) {
            if (!memory.mayLoad(message.topic())) {
                end();
                unlisted = true;
                loaded = true;
                return "";
            }
            bytes += keep(message);
        }
        loaded = page.isEmpty();
        return page.isEmpty() ? "" : page.getLast().topic();
    }

    /** Whether there are so many that they have to be looked for in the store; none is added then. */
    boolean isUnlisted() {
        return unlisted;
    }

    /** Keeps, replaces or (with an empty payload) clears a message. */
    void retain(RetainedMessage message, R replyTo) {
        Write<R> newest = recent.get(Written.of(message));
        if (isOvertaken(message, newest)) {
            output.answer(replyTo, true, null); // kept, and replaced since
        } else if (newest != null && newest.sequence() == message.id().sequence()) {
            again(newest, replyTo);
        } else {
            Write<R> write = new Write<>(message, newest);
            write.growth = size(message) - size(byTopic.get(message.topic()), message.topic());
            String refused = refusal(message, write.growth);
            if (refused == null) {
                write(write, replyTo);
            } else {
                output.answer(replyTo, false, refused);
            }
        }
    }

    /** It is asked for again, or its publisher has sent it again: others may have set the topic since. */
    private void again(Write<R> write, R replyTo) {
        if (write.committed) {
            output.answer(replyTo, true, null);
        } else {
            write.waiting.add(replyTo);
        }
    }

    private void write(Write<R> write, R replyTo) {
        grow(write.growth);
        write.waiting.add(replyTo);
        recent.putLast(write.key(), write);
        if (recent.size() > RECENT_MAX) {
            recent.pollFirstEntry();
        }
        output.write(write);
    }

    private void grow(long by) {
        bytes += by;
        quotas.retained().written(0, by);
    }

    private static long size(RetainedMessage message) {
        return message.payload().length == 0 ? 0 : message.bytes();
    }

    private static long size(@Nullable Kept kept, String topic) {
        return kept == null ? 0 : kept.bytes() + (long) topic.length();
    }

    /**
     * Why {@code message} is not taken; null when it is. What is there already may be replaced by what is no larger.
     */
    private @Nullable String refusal(RetainedMessage message, long growth) {
        if (message.payload().length == 0) {
            return null;
        }
        if (unlisted) {
            return "the topics of the retained messages of this parent topic do not fit into the node's memory";
        }
        if (growth > 0 && bytes + growth > quotas.retainedOfParent()) {
            return "retained messages of this parent topic: " + bytes + " bytes (limits.retained-parent-bytes: "
                    + quotas.retainedOfParent() + ")";
        }
        Quota all = quotas.retained();
        if (!all.hasRoom(0, growth)) {
            return "retained messages of the instance: " + all.total().bytes() + " bytes (limits.retained-bytes: "
                    + all.limit().bytes() + ")";
        }
        if (byTopic.containsKey(message.topic())) {
            return null;
        }
        if (byTopic.size() >= memory.messagesMax()) {
            return "retained messages of this parent topic: " + byTopic.size()
                    + " (limit skein.mqtt.retained.max-messages)";
        }
        return memory.hasRoom(message.topic())
                ? null
                : "topics of the retained messages of this node (limit: an eighth of the heap)";
    }

    /**
     * Whether {@code message} was held up on its way until a newer one of its writer had come: one that is not answered
     * is asked for again, and the first copy may be the last to arrive.
     */
    private boolean isOvertaken(RetainedMessage message, @Nullable Write<R> newest) {
        MessageId id = message.id();
        if (newest != null) {
            return newest.sequence() > id.sequence();
        }
        Kept present = byTopic.get(message.topic()); // perhaps written before this router was here
        return present != null
                && present.id().writer() == id.writer()
                && present.id().sequence() > id.sequence();
    }

    /** The store has answered. */
    void written(Write<R> write, boolean committed) {
        RetainedMessage message = write.message();
        grow(-write.growth);
        if (!committed) {
            refused(write);
        } else {
            write.committed = true;
            write.before = null;
            write.message = null;
            boolean wasThere = byTopic.containsKey(message.topic());
            if (message.payload().length == 0) {
                grow(-forget(message.topic())); // [MQTT-3.3.1-10], [MQTT-3.3.1-11]
                quotas.retained().written(wasThere ? -1 : 0, 0);
            } else {
                grow(keep(message));
                quotas.retained().written(wasThere ? 0 : 1, 0);
            }
        }
        write.waiting.forEach(each -> output.answer(each, committed, null));
        write.waiting.clear();
    }

    /** It is written anew when it comes again; until then what came before it counts. */
    private void refused(Write<R> write) {
        write.refused = true;
        write.message = null;
        Written key = write.key();
        if (recent.get(key) == write) {
            Write<R> before = write.before;
            while (before != null && before.refused) {
                before = before.before;
            }
            if (before == null) {
                recent.remove(key);
            } else {
                recent.put(key, before);
            }
        }
    }

    /** Returns by how many bytes all of them are more now. */
    private long keep(RetainedMessage message) {
        long before = forget(message.topic());
        int length = message.content().bytes();
        memory.add(message.topic());
        byTopic.put(message.topic(), new Kept(message.id(), length, memory.takesBody(length) ? message : null));
        return message.bytes() - before;
    }

    /** Returns how many bytes there were. */
    private long forget(String topic) {
        Kept before = byTopic.remove(topic);
        if (before != null) {
            memory.remove(topic);
            if (before.message() != null) {
                memory.removeBody(before.bytes());
            }
        }
        return size(before, topic);
    }

    /** The router ends: nothing is in memory any more. */
    void end() {
        List.copyOf(byTopic.keySet()).forEach(this::forget);
    }

    /** The messages that match. */
    Found find(RetainedSearch search) {
        Map<String, @Nullable RetainedMessage> topics = new LinkedHashMap<>();
        List<String> lacking = new ArrayList<>();
        for (Map.Entry<String, Kept> each :
                candidates(search.filter(), search.last()).entrySet()) {
            if (search.isFull()) {
                return new Found(search, topics, lacking, true);
            }
            RetainedMessage message = each.getValue().message();
            if (search.matches(each.getKey(), each.getValue().bytes())) {
                topics.put(each.getKey(), message);
                if (message == null) {
                    lacking.add(each.getKey());
                }
            }
        }
        return new Found(search, topics, lacking, false);
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
}
