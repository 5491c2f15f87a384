package dev.skein.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * What a client wants and how (MQTT 5 section 3.8.3; a subscription of MQTT 3.1.1 is one without options).
 *
 * @param filter topic filter, valid by MQTT's rules, without what makes it shared
 * @param qos maximum QoS granted, 0..2
 * @param noLocal whether messages that its own client published are left out [MQTT-3.8.3-3]
 * @param retainAsPublished whether forwarded messages keep their RETAIN flag [MQTT-3.3.1-13]
 * @param retainHandling 0: retained messages are sent, 1: only when the subscription is new, 2: they are not
 * @param shareGroup the group that shares it, one message to one member; null: it is the client's own
 * @param identifier told with each message that it brings, 1..268435455; 0: there is none
 */
public record Subscription(
        String filter,
        int qos,
        boolean noLocal,
        boolean retainAsPublished,
        int retainHandling,
        @Nullable String shareGroup,
        int identifier) {
    private static final int NO_LOCAL = 1;
    private static final int RETAIN_AS_PUBLISHED = 2;
    private static final int HANDLING_SHIFT = 2;

    /** One without options. */
    public Subscription(String filter, int qos) {
        this(filter, qos, false, false, 0, null, 0);
    }

    /** From {@link #options}. */
    public static Subscription of(String filter, int qos, int options, @Nullable String shareGroup, int identifier) {
        return new Subscription(
                filter,
                qos,
                (options & NO_LOCAL) != 0,
                (options & RETAIN_AS_PUBLISHED) != 0,
                options >> HANDLING_SHIFT,
                shareGroup,
                identifier);
    }

    /** The options in one number, 0 when there are none: a store keeps them so. */
    public int options() {
        return (noLocal ? NO_LOCAL : 0)
                | (retainAsPublished ? RETAIN_AS_PUBLISHED : 0)
                | retainHandling << HANDLING_SHIFT;
    }

    /** As the client wrote it; no two subscriptions of one client have the same. */
    public String fullFilter() {
        return shareGroup == null ? filter : "$share/" + shareGroup + "/" + filter;
    }
}
