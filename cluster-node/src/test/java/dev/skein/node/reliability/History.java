package dev.skein.node.reliability;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that clients did and saw in one run, in one order: what stands earlier happened earlier. What a client
 * does is written down before it does it, what it sees after it saw it. Thread-safe.
 */
final class History {
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Sent> sent = new HashMap<>();
    private final Set<String> clearedTopics = new HashSet<>();
    private final Map<String, List<Sent>> acknowledgedRetained = new HashMap<>();

    /** What happened. */
    enum Kind {
        /** CONNACK with return code 0; {@code value} is Session Present. */
        CONNECTED,
        /** As {@link #CONNECTED}, of a clean session. */
        CONNECTED_CLEAN,
        /** A client cuts its connection. */
        CUT,
        /** SUBSCRIBE of {@code subject} at QoS {@code value}. */
        SUBSCRIBE,
        /** SUBACK with code {@code value}. */
        SUBACKED,
        /** UNSUBSCRIBE of {@code subject}. */
        UNSUBSCRIBE,
        /** UNSUBACK. */
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
        /** The process is about to be killed or ended. */
        DOWN,
        /** The process serves. */
        UP,
        /** A clean client is about to subscribe to everything that is retained. */
        OBSERVE,
        /** That client has waited long enough. */
        OBSERVED
    }

    /** One line of the history. */
    record Event(Kind kind, String client, @Nullable Sent message, String subject, int value) {
        private static final int QOS = 3;
        private static final int RETAIN = 4;
        private static final int DUP = 8;
        private static final int AGAIN = 16;

        static int flags(TestClient.Delivery delivery, boolean again) {
            return delivery.qos() | (delivery.retain() ? RETAIN : 0) | (delivery.dup() ? DUP : 0) | (again ? AGAIN : 0);
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
            StringBuilder line = new StringBuilder(kind.name()).append(' ').append(client);
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
            } else if (value != 0) {
                line.append(' ').append(value);
            }
            return line.toString();
        }
    }

    synchronized void add(Kind kind, String client, String subject, int value) {
        events.add(new Event(kind, client, null, subject, value));
    }

    synchronized void sent(Sent message) {
        sent.put(message.name(), message);
        if (message.size() == 0) {
            clearedTopics.add(message.topic());
        }
        events.add(new Event(Kind.SENT, message.publisher(), message, "", message.qos()));
    }

    synchronized void resent(Sent message) {
        events.add(new Event(Kind.RESENT, message.publisher(), message, "", message.qos()));
    }

    synchronized void acknowledged(Sent message) {
        events.add(new Event(Kind.ACKNOWLEDGED, message.publisher(), message, "", message.qos()));
        if (message.retain()) {
            acknowledgedRetained
                    .computeIfAbsent(message.topic(), _ -> new ArrayList<>())
                    .add(message);
        }
    }

    synchronized void delivered(String client, TestClient.Delivery delivery, boolean again) {
        Sent message = sent.get(Sent.nameIn(delivery.payload()));
        if (delivery.payload().isEmpty() && clearedTopics.contains(delivery.topic())) {
            return; // nameless: which of the topic's empty messages it is cannot be told
        }
        if (message == null
                || !message.topic().equals(delivery.topic())
                || !message.body().equals(delivery.payload())) {
            String what = delivery.topic() + " " + Sent.nameIn(delivery.payload());
            events.add(new Event(Kind.STRANGE, client, null, what, delivery.qos()));
        } else {
            events.add(new Event(Kind.DELIVERED, client, message, "", Event.flags(delivery, again)));
        }
    }

    /** Topics whose last acknowledged retained message is one. */
    synchronized List<String> retainedTopics() {
        return acknowledgedRetained.entrySet().stream()
                .filter(entry -> entry.getValue().getLast().size() > 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Topics of the retained messages that {@code client} got, as retained or, as newer ones, live. */
    synchronized List<String> retainedSeenBy(String client) {
        List<String> topics = new ArrayList<>();
        for (int i = events.size() - 1; i >= 0; i--) {
            Event event = events.get(i);
            if (event.client().equals(client)) {
                if (event.kind() == Kind.OBSERVE) {
                    break;
                }
                if (event.kind() == Kind.DELIVERED
                        && event.message() != null
                        && event.message().retain()) {
                    topics.add(event.message().topic());
                }
            }
        }
        return topics;
    }

    synchronized int size() {
        return events.size();
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
