package dev.skein.node.registry;

import java.time.Duration;

/**
 * Limits of one instance; "auto" is resolved by then.
 *
 * @param clientIdLength characters of a client ID, 0..65535; 0 for MQTT's own limit
 * @param topicLength characters of a whole topic or filter, 0..65535 (1..128 in apsara mode); 0 for MQTT's own limit
 * @param bodyBytes bytes of a message body, 0..268435455; 0 for what the largest packet holds
 * @param filters topic filters of one client, 0..1000000; 0 for no limit
 * @param keepAlive longest keep-alive, 0..65535 s; a longer one, or none, is taken as this; zero for no limit
 * @param topicLevels levels of a topic or filter, 1..65535
 * @param multiWildcardFilters topic filters of one client with more than one {@code +}, 0..1000000; 0 for no limit
 * @param totals of all its clients together
 * @param rates what may be done in a second
 * @param mqtt5 what only clients of MQTT 5 can meet
 */
public record InstanceLimits(
        int clientIdLength,
        int topicLength,
        int topicLevels,
        int bodyBytes,
        int filters,
        int multiWildcardFilters,
        Duration keepAlive,
        Totals totals,
        RateLimits rates,
        Mqtt5Limits mqtt5) {
    /**
     * Limits of all clients of an instance together, on all nodes.
     *
     * @param filters topic filters of all sessions, 0..10000000000; 0 for no limit
     * @param filterBytes their characters; 0 for no limit
     * @param retainedBytes bytes of all retained messages and their topics; 0 for no limit
     * @param retainedParentBytes the same of one parent topic
     */
    public record Totals(long filters, long filterBytes, long retainedBytes, long retainedParentBytes) {
        /** Unless configured otherwise: what one database and a few nodes bear. */
        public static final Totals DEFAULT = new Totals(10_000_000, 1L << 30, 4L << 30, 1L << 30);
    }

    /** Levels of a topic unless configured otherwise: the work of a match grows with them. */
    public static final int TOPIC_LEVELS = 128;
    /** Each may double what a publish has to look at. */
    public static final int MULTI_WILDCARD_FILTERS = 100;

    /**
     * What {@code auto} means in open mode: MQTT's own limits, but that a client ID is kept in several places for as
     * long as its session is, also when no connection counts for it.
     */
    public static final InstanceLimits OPEN = new InstanceLimits(
            1024,
            0,
            TOPIC_LEVELS,
            0,
            0,
            MULTI_WILDCARD_FILTERS,
            Duration.ZERO,
            Totals.DEFAULT,
            RateLimits.DEFAULT,
            Mqtt5Limits.OPEN);

    /** The documented limits: what {@code auto} means in apsara mode. */
    public static final InstanceLimits APSARA = new InstanceLimits(
            64,
            64,
            TOPIC_LEVELS,
            65_536,
            30,
            MULTI_WILDCARD_FILTERS,
            Duration.ofMinutes(8),
            Totals.DEFAULT,
            RateLimits.DEFAULT,
            Mqtt5Limits.APSARA);
}
