package dev.skein.node.session;

import dev.skein.protocol.message.Message;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts the retained messages of new subscriptions and the live messages of the same topics in one order on one
 * connection: what the client is shown last of a topic is the newest, and what was retained before comes first.
 *
 * <p>While the cluster is asked for retained messages, live messages of the topics concerned are held, and with them
 * what comes behind; the answer goes out before them. While the client takes its time, they pass, and the retained
 * messages of their topics are left out later: they are older. Exists only while retained messages are still to come.
 * Confined to the connection's event loop.
 */
public final class ReplayGate {
    private static final int TOPICS_MAX = 50_000;
    /** Filters with wildcards that are looked at one by one; when there are more, they stand for every topic. */
    private static final int WILDCARDS_MAX = 200;

    private final int maxMessages;
    private final long maxBytes;
    /** Filters without wildcards whose retained messages are still to come, with the number of their addition. */
    private final Map<String, Integer> topics = new HashMap<>();
    /** So those with wildcards. */
    private final Map<String, Integer> wildcards = new HashMap<>();
    /** Topics of which a live message was shown to the client, with the number of the last addition before that. */
    private final Map<String, Integer> shown = new HashMap<>();

    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long heldBytes;
    private int additions;
    private boolean holding;

    private record Held(Message message, int qos) {}

    /** Takes back what was held. */
    public interface Released {
        /** A live message, in the order in which they came; {@code qos} is that of the delivery. */
        void deliver(Message message, int qos);
    }

    /** Holds at most {@code maxMessages} messages and {@code maxBytes} payload bytes. */
    public ReplayGate(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** The retained messages of {@code filter} are to come; called before its route exists. */
    public void add(String filter) {
        (isWildcard(filter) ? wildcards : topics).put(filter, ++additions);
        holding = true;
    }

    /** All retained messages of {@code filter} were handed on, or are not wanted any more. */
    public void remove(String filter) {
        (isWildcard(filter) ? wildcards : topics).remove(filter);
    }

    private static boolean isWildcard(String filter) {
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
    }

    /** The cluster is asked: live messages wait for its answer. */
    public void hold() {
        holding = true;
    }

    /** Hands back what was held; from now on live messages pass until {@link #hold}. */
    public void release(Released to) {
        holding = false;
        while (!held.isEmpty()) {
            Held next = held.remove();
            heldBytes -= next.message().bytes();
            showing(next.message());
            to.deliver(next.message(), next.qos());
        }
    }

    /**
     * A live message is about to be delivered.
     *
     * @return whether it is held here instead; {@link #isFull} is asked then
     */
    public boolean take(Message message, int qos) {
        if (held.isEmpty() && !holds(message)) {
            showing(message);
            return false;
        }
        held.add(new Held(message, qos));
        heldBytes += message.bytes();
        return true;
    }

    /** Whether so much is held that it has to be released before the answer is there. */
    public boolean isFull() {
        return held.size() >= maxMessages || heldBytes > maxBytes;
    }

    /** Whether a live message has to wait at present. */
    public boolean holds(Message message) {
        String topic = message.topic().value();
        return (holding || shown.size() >= TOPICS_MAX) && addition(topic) > 0 && !isOvertaken(topic);
    }

    /** A live message goes to the client: retained messages of its topic are older from now on. */
    public void showing(Message message) {
        String topic = message.topic().value();
        if (shown.size() < TOPICS_MAX && addition(topic) > 0) {
            shown.put(topic, additions);
        }
    }

    /** Whether a retained message of {@code topic} would come after a live one that is newer. */
    public boolean isOvertaken(String topic) {
        Integer last = shown.get(topic);
        return last != null && last >= addition(topic); // one that was shown before the subscription does not count
    }

    /** Whether a held message is the one that set the topic's retained message, or says the same. */
    public boolean holdsCopy(String topic, byte[] payload) {
        for (Held each : held) {
            if (isCopy(each.message(), topic, payload)) {
                return true;
            }
        }
        return false;
    }

    static boolean isCopy(Message message, String topic, byte[] payload) {
        return message.retain() && message.topic().value().equals(topic) && Arrays.equals(message.payload(), payload);
    }

    /** Messages held. */
    public int held() {
        return held.size();
    }

    /** The number of the last filter added that matches {@code topic}, 0 when none does. */
    private int addition(String topic) {
        int last = topics.getOrDefault(topic, 0);
        if (wildcards.size() > WILDCARDS_MAX) {
            return additions;
        }
        for (Map.Entry<String, Integer> filter : wildcards.entrySet()) {
            if (filter.getValue() > last && TopicFilters.matches(filter.getKey(), topic)) {
                last = filter.getValue();
            }
        }
        return last;
    }
}
