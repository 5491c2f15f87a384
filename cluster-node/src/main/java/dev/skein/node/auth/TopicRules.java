package dev.skein.node.auth;

import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.Mode;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import dev.skein.protocol.topic.TopicNames;
import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** What an instance's mode and limits say of topics, apart from permissions. Stateless. */
public final class TopicRules {
    private static final String SYS = "$SYS";
    private static final String SHARE = "$share";

    private TopicRules() {}

    /** What was broken. */
    public enum Kind {
        TOPIC_TOO_LONG,
        PARENT_NOT_REGISTERED,
        WILDCARD_PARENT,
        BODY_TOO_LARGE,
        PROPERTIES_TOO_LARGE,
        TOO_MANY_FILTERS,
        /** All sessions of the instance together have too many. */
        INSTANCE_FILTERS,
        /** {@code $SYS}, which is the broker's own. */
        RESERVED,
        /** {@code $share} without a group or a filter. */
        SHARED_FILTER,
        /** {@code $share} of a client that may not share. */
        NOT_SHARED,
        NOT_PERMITTED;

        /** What a connection is closed for that broke the rule. */
        public Reason reason() {
            return switch (this) {
                case SHARED_FILTER -> Reason.PROTOCOL_VIOLATION;
                case TOPIC_TOO_LONG, BODY_TOO_LARGE, PROPERTIES_TOO_LARGE, TOO_MANY_FILTERS, INSTANCE_FILTERS ->
                    Reason.LIMIT;
                case PARENT_NOT_REGISTERED, WILDCARD_PARENT, RESERVED, NOT_SHARED, NOT_PERMITTED ->
                    Reason.NOT_AUTHORIZED;
            };
        }
    }

    /** What the client gets. */
    public enum Consequence {
        /** The connection is closed. */
        CLOSE,
        /** The subscription is not added, and the client is told so. */
        NOT_ADDED,
        /** The message goes nowhere; it is acknowledged and counted. */
        DROP_MESSAGE
    }

    /**
     * One broken rule.
     *
     * @param detail names what was wrong and what is expected
     */
    public record Violation(Kind kind, String detail, Consequence consequence) {}

    /**
     * What a client holds already.
     *
     * @param filters topic filters
     * @param multiWildcards those of them with more than one {@code +}
     */
    public record Held(int filters, int multiWildcards) {}

    /**
     * Looks at one PUBLISH.
     *
     * @param topic a valid topic name
     * @param bodyBytes length of the payload
     * @return null when nothing is wrong
     */
    public static @Nullable Violation publish(InstanceView view, String topic, int bodyBytes) {
        int bodyLimit = view.limits().bodyBytes();
        if (bodyLimit > 0 && bodyBytes > bodyLimit) {
            return new Violation(
                    Kind.BODY_TOO_LARGE,
                    "body: %d bytes (expected: at most %d)".formatted(bodyBytes, bodyLimit),
                    Consequence.CLOSE);
        }
        String tooLong = lengthViolation(view, "topic", topic);
        if (tooLong != null) {
            return new Violation(Kind.TOPIC_TOO_LONG, tooLong, Consequence.CLOSE);
        }
        return view.mode() == Mode.APSARA ? parentOfTopic(view, topic) : reservedTopic(topic);
    }

    /** Looks at the properties of one PUBLISH; null when the instance takes as many bytes. */
    public static @Nullable Violation properties(InstanceView view, Content content) {
        Properties properties = content.properties();
        int most = properties == null ? 0 : view.limits().mqtt5().propertyBytes();
        if (properties == null || most == 0 || properties.encoded().length <= most) {
            return null;
        }
        return new Violation(
                Kind.PROPERTIES_TOO_LARGE,
                "properties: %d bytes (expected: at most %d)".formatted(properties.encoded().length, most),
                Consequence.DROP_MESSAGE);
    }

    private static @Nullable Violation parentOfTopic(InstanceView view, String topic) {
        return view.hasParentTopic(TopicNames.parent(topic)) ? null : parentNotRegistered("topic", topic);
    }

    /** A bridge publishes its state to {@code $SYS/broker/connection}, retained: it must not lose its connection. */
    private static @Nullable Violation reservedTopic(String topic) {
        return isBelow(SYS, topic)
                ? new Violation(
                        Kind.RESERVED,
                        FailureText.of("topic", topic, "one that does not begin with $SYS, which is the broker's"),
                        Consequence.DROP_MESSAGE)
                : null;
    }

    private static boolean isBelow(String first, String topic) {
        return topic.startsWith(first) && (topic.length() == first.length() || topic.charAt(first.length()) == '/');
    }

    /**
     * Looks at one filter of a SUBSCRIBE.
     *
     * @param filter a valid topic filter
     * @param held what the client holds beside this one
     * @return null when nothing is wrong
     */
    public static @Nullable Violation subscribe(InstanceView view, String filter, Held held) {
        if (isBelow(SHARE, filter)) {
            String wrong = SharedFilters.isShared(filter)
                    ? SharedFilters.violation(filter)
                    : FailureText.of("filter", filter, "$share/<group>/<filter>");
            if (wrong != null) {
                return new Violation(Kind.SHARED_FILTER, wrong, Consequence.NOT_ADDED);
            }
        }
        String tooLong = lengthViolation(view, "filter", SharedFilters.matched(filter));
        if (tooLong != null) {
            return new Violation(Kind.TOPIC_TOO_LONG, tooLong, refusal(view));
        }
        if (view.mode() == Mode.APSARA) {
            Violation parent = parentOfFilter(view, SharedFilters.matched(filter));
            if (parent != null) {
                return parent;
            }
        } else if (isBelow(SYS, SharedFilters.matched(filter))) {
            return reservedFilter(filter, "one that does not begin with $SYS: this broker publishes nothing there");
        }
        InstanceLimits limits = view.limits();
        if (limits.filters() > 0 && held.filters() >= limits.filters()) {
            return tooManyFilters(filter, limits.filters() + " filters", held.filters());
        }
        return limits.multiWildcardFilters() > 0
                        && held.multiWildcards() >= limits.multiWildcardFilters()
                        && TopicFilters.isMultiWildcard(filter)
                ? tooManyFilters(
                        filter, limits.multiWildcardFilters() + " filters with more than one +", held.multiWildcards())
                : null;
    }

    /** What a client of MQTT 3.1.1 gets where the settings let only those of MQTT 5 share. */
    public static Violation notShared(String filter) {
        return new Violation(
                Kind.NOT_SHARED,
                FailureText.of("filter", filter, "none that is shared: skein.mqtt.shared-subscriptions.mqtt3 is false"),
                Consequence.NOT_ADDED);
    }

    private static Violation tooManyFilters(String filter, String limit, int held) {
        return new Violation(
                Kind.TOO_MANY_FILTERS,
                FailureText.of("filter", filter, "at most " + limit + " a client, not " + (held + 1)),
                Consequence.NOT_ADDED);
    }

    /** What a publish gets that {@link Permissions} refuses: apsara mode closes, open mode drops [MQTT-3.3.5-2]. */
    public static Violation publishNotPermitted(InstanceView view, String topic) {
        Consequence consequence = view.mode() == Mode.APSARA ? Consequence.CLOSE : Consequence.DROP_MESSAGE;
        return new Violation(
                Kind.NOT_PERMITTED,
                FailureText.of("publish to", topic, "a topic that the permissions allow"),
                consequence);
    }

    /** What a filter gets that {@link Permissions} refuses: apsara mode closes, open mode does not add it. */
    public static Violation subscribeNotPermitted(InstanceView view, String filter) {
        return new Violation(
                Kind.NOT_PERMITTED,
                FailureText.of("subscribe to", filter, "a filter that the permissions allow"),
                refusal(view));
    }

    private static Violation reservedFilter(String filter, String expected) {
        return new Violation(Kind.RESERVED, FailureText.of("filter", filter, expected), Consequence.NOT_ADDED);
    }

    private static @Nullable Violation parentOfFilter(InstanceView view, String filter) {
        String parent = TopicFilters.parent(filter);
        if (parent == null) {
            return new Violation(
                    Kind.WILDCARD_PARENT,
                    FailureText.of("filter", filter, "no wildcard in the first level"),
                    Consequence.CLOSE);
        }
        return view.hasParentTopic(parent) ? null : parentNotRegistered("filter", filter);
    }

    private static Consequence refusal(InstanceView view) {
        return view.mode() == Mode.APSARA ? Consequence.CLOSE : Consequence.NOT_ADDED;
    }

    private static @Nullable String lengthViolation(InstanceView view, String what, String topic) {
        int characters = view.limits().topicLength();
        // Most topics are shorter in UTF-16 units already; only a longer one is counted.
        if (characters > 0 && topic.length() > characters && topic.codePointCount(0, topic.length()) > characters) {
            return FailureText.of(what, topic, "<= " + characters + " characters");
        }
        int levels = view.limits().topicLevels();
        return topic.length() >= levels && TopicNames.levels(topic) > levels
                ? FailureText.of(what, topic, "<= " + levels + " levels")
                : null;
    }

    private static Violation parentNotRegistered(String what, String topic) {
        return new Violation(
                Kind.PARENT_NOT_REGISTERED,
                FailureText.of(what, topic, "a registered parent topic"),
                Consequence.CLOSE);
    }
}
