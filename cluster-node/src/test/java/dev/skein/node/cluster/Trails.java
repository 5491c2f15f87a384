package dev.skein.node.cluster;

import dev.skein.node.reliability.Sent;
import dev.skein.protocol.topic.P2pTopics;
import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a chronicle says of one message, one connection, one session. Places are indexes in it; -1 is never. */
final class Trails {
    private Trails() {}

    /** A message. */
    static final class Fate {
        final int sent;
        final int connection;
        int acknowledged = -1;
        long acknowledgedNanos;
        boolean resent;

        Fate(int sent, int connection) {
            this.sent = sent;
            this.connection = connection;
        }
    }

    /** How a connection ended. */
    enum Ending {
        NONE,
        /** With DISCONNECT. */
        ASKED,
        /** Without a word, by whomever. */
        CUT
    }

    /** A connection. */
    static final class Line {
        final int number;
        final String client;
        final String node;
        final boolean clean;
        int opened = -1;
        long openedNanos;
        int closed = -1;
        long closedNanos;
        /** A fault of its node had begun and was not healed. */
        boolean closedInFault;

        Ending ending = Ending.NONE;
        /** A packet came on it when a newer connection of its client had long been there. */
        int late = -1;

        long heardNanos;

        @Nullable
        Sent will;
        /** Names of what was delivered on it at QoS 1 and 2. */
        final Set<Sent> delivered = new HashSet<>();

        Line(int number, String client, String node, boolean clean) {
            this.number = number;
            this.client = client;
            this.node = node;
            this.clean = clean;
        }
    }

    /** A filter, from SUBSCRIBE to UNSUBACK. */
    static final class Subscription {
        final String filter;
        final int qos;
        final int asked;
        int granted = -1;
        int givenUp = -1;
        int gone = -1;
        /** Delivery of something that it matches, the first one after SUBACK. */
        int firstDelivery = -1;

        Subscription(String filter, int qos, int asked) {
            this.filter = filter;
            this.qos = qos;
            this.asked = asked;
        }

        /** P2P messages reach their client, and nobody else. */
        boolean matches(Sent message) {
            return P2pTopics.target(message.topic()) == null
                    ? TopicFilters.matches(SharedFilters.matched(filter), message.topic())
                    : filter.equals(message.topic());
        }

        /** One of its members gets a message, and not each. */
        boolean isShared() {
            return SharedFilters.isShared(filter);
        }

        /** It stood from before the message was sent until after it was acknowledged. */
        boolean covers(Fate fate) {
            return granted >= 0 && granted < fate.sent && (givenUp < 0 || givenUp > fate.acknowledged);
        }

        /** It was granted before, and is not given up yet. */
        boolean isHeldAt(int at) {
            return granted >= 0 && granted < at && (givenUp < 0 || givenUp > at);
        }

        boolean mayBring(Fate fate, int deliveredAt) {
            return asked < deliveredAt && (gone < 0 || fate.sent < gone);
        }
    }

    /** A persistent session, or a clean one, which lasts as long as its connection. */
    static final class Session {
        final String name;
        /** The connection of a clean session; null for a persistent one. */
        final @Nullable Line line;

        final List<Subscription> subscriptions = new ArrayList<>();
        /** QoS of the first arrival. */
        final Map<Sent, Integer> arrived = new HashMap<>();
        /** Number of the latest message by publisher's connection, topic and QoS. */
        final Map<String, Long> latest = new HashMap<>();

        Session(String name, @Nullable Line line) {
            this.name = name;
            this.line = line;
        }

        /** The latest subscription to {@code filter}. */
        @Nullable
        Subscription last(String filter) {
            return subscriptions.reversed().stream()
                    .filter(each -> each.filter.equals(filter))
                    .findFirst()
                    .orElse(null);
        }
    }
}
