package dev.skein.node.cluster;

import dev.skein.node.reliability.Sent;
import dev.skein.node.reliability.TestClient;
import dev.skein.protocol.topic.TopicFilters;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of every client of one run, in one order and with its time: what stands earlier happened earlier.
 * What a client does is written down before it does it, what it sees after it saw it. Thread-safe.
 */
final class Chronicle {
    private final long begin = System.nanoTime();
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Sent> sent = new HashMap<>();
    /** By topic: the latest retained message that was acknowledged. */
    private final Map<String, Sent> retained = new HashMap<>();
    /** By topic: the latest message that takes the retained one away. */
    private final Map<String, Sent> clearing = new HashMap<>();

    private int progress;

    /** What happened. */
    enum Kind {
        /** CONNECT goes out to node {@code subject}; {@code value} 1 for a clean session, 0 for a persistent one. */
        CONNECT,
        /** The will in that CONNECT is {@code message}. */
        WILL,
        /** CONNACK with return code 0; {@code value} is Session Present. */
        CONNECTED,
        /** The client ends its connection without a word. */
        CUT,
        /** The client sends DISCONNECT and ends its connection. */
        DISCONNECT,
        /** The connection is gone, by whomever. */
        CLOSED,
        /** SUBSCRIBE of {@code subject} at QoS {@code value}. */
        SUBSCRIBE,
        /** SUBACK for {@code subject} with code {@code value}. */
        SUBACKED,
        /** UNSUBSCRIBE of {@code subject}. */
        UNSUBSCRIBE,
        /** UNSUBACK for {@code subject}. */
        UNSUBACKED,
        /** PUBLISH of {@code message} for the first time. */
        SENT,
        /** PUBLISH of {@code message} with DUP after a reconnect. */
        RESENT,
        /** PUBACK or PUBREC of {@code message}. */
        ACKNOWLEDGED,
        /** {@code message} came; {@code value} holds its flags. */
        DELIVERED,
        /** Something came that nobody has sent; {@code subject} says what. */
        STRANGE,
        /** PINGRESP. */
        PONG,
        /**
         * The client has waited long enough for what is retained and matches {@code subject}, to which it has just
         * subscribed; {@code value} is 1 when nothing was published any more before it did.
         */
        READ,
        /** A fault begins, named by {@code subject}: its kind, and the name of the node that it hits. */
        FAULT,
        /** What began the fault is over: the node is started, goes on, or is reachable. */
        HEALED,
        /** The node {@code subject} has ended by itself and serves again. */
        OWN_END,
        /** Nothing that happens from here on counts as something that clients suffered. */
        END
    }

    /**
     * One line.
     *
     * @param nanos since the begin of the run
     * @param client client ID, or the name of a node
     * @param connection number of the connection; 0 for none
     */
    record Event(
            long nanos,
            Kind kind,
            String client,
            int connection,
            @Nullable Sent message,
            String subject,
            int value) {
        private static final int QOS = 3;
        private static final int RETAIN = 4;
        private static final int DUP = 8;
        private static final int AGAIN = 16;
        private static final double NANOS = 1e9;

        static int flags(int qos, boolean retain, boolean dup, boolean again) {
            return qos | (retain ? RETAIN : 0) | (dup ? DUP : 0) | (again ? AGAIN : 0);
        }

        int qos() {
            return value & QOS;
        }

        boolean retain() {
            return (value & RETAIN) != 0;
        }

        boolean dup() {
            return (value & DUP) != 0;
        }

        /** A QoS 2 PUBLISH whose packet identifier was not released: the client has it already. */
        boolean again() {
            return (value & AGAIN) != 0;
        }

        @Override
        public String toString() {
            StringBuilder line = new StringBuilder();
            line.append(String.format("%.3f %s %s#%d", nanos / NANOS, kind, client, connection));
            if (message != null) {
                line.append(' ').append(message.name()).append(' ').append(message.topic());
            }
            if (!subject.isEmpty()) {
                line.append(' ').append(subject);
            }
            if (kind == Kind.DELIVERED) {
                line.append(" qos").append(qos());
                line.append(dup() ? " dup" : "")
                        .append(retain() ? " retain" : "")
                        .append(again() ? " again" : "");
            } else if (kind != Kind.PONG) {
                line.append(' ').append(value);
            }
            return line.toString();
        }
    }

    synchronized void add(Kind kind, String client, int connection, String subject, int value) {
        put(kind, client, connection, null, subject, value);
    }

    /** A line about the cluster itself. */
    synchronized void add(Kind kind, String subject) {
        put(kind, "cluster", 0, null, subject, 0);
    }

    /** SENT, RESENT, ACKNOWLEDGED or WILL of {@code message}. */
    synchronized void add(Kind kind, int connection, Sent message) {
        if (kind == Kind.SENT || kind == Kind.WILL) {
            sent.put(message.name(), message);
        }
        if (message.retain() && kind == Kind.ACKNOWLEDGED) {
            retained.merge(message.topic(), message, Chronicle::later);
        } else if (message.retain() && kind == Kind.SENT && message.size() == 0) {
            clearing.put(message.topic(), message);
        }
        put(kind, message.publisher(), connection, message, "", message.qos());
    }

    private static Sent later(Sent one, Sent other) {
        return one.number() > other.number() ? one : other;
    }

    /** Topics below {@code filter} on which something must be retained now. */
    synchronized Set<String> retained(String filter) {
        return retained.values().stream()
                .filter(each -> each.size() > 0 && TopicFilters.matches(filter, each.topic()))
                .filter(each -> each.equals(later(each, clearing.getOrDefault(each.topic(), each))))
                .map(Sent::topic)
                .collect(Collectors.toSet());
    }

    synchronized void delivered(String client, TestClient.Delivery delivery, boolean again) {
        if (delivery.payload().isEmpty() && !delivery.retain() && clearing.containsKey(delivery.topic())) {
            return; // nameless: which of the topic's empty messages it is cannot be told
        }
        Sent message = sent.get(Sent.nameIn(delivery.payload()));
        if (message == null
                || !message.topic().equals(delivery.topic())
                || !message.body().equals(delivery.payload())) {
            String what = delivery.topic() + " " + Sent.nameIn(delivery.payload());
            put(Kind.STRANGE, client, delivery.connection(), null, what, delivery.qos());
        } else {
            int flags = Event.flags(delivery.qos(), delivery.retain(), delivery.dup(), again);
            put(Kind.DELIVERED, client, delivery.connection(), message, "", flags);
        }
    }

    private void put(Kind kind, String client, int connection, @Nullable Sent message, String subject, int value) {
        progress += message == null || kind == Kind.WILL ? 0 : 1;
        events.add(new Event(System.nanoTime() - begin, kind, client, connection, message, subject, value));
    }

    synchronized int size() {
        return events.size();
    }

    /** Lines about messages; PINGRESPs and reconnects are none, so that it is stalled when nothing comes any more. */
    synchronized int progress() {
        return progress;
    }

    /** All events so far; a copy. */
    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** Writes one line for each event. */
    void write(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            int at = 0;
            for (Event event : events()) {
                out.write(at++ + " " + event);
                out.newLine();
            }
        }
    }
}
