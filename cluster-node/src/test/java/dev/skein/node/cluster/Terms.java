package dev.skein.node.cluster;

import java.time.Duration;

/** What clients of MQTT 5 say of times in these runs, by topic: whoever judges a run knows it from the topic, too. */
final class Terms {
    private static final String BRIEF = "/brief";
    private static final String DELAYED = "-delayed";
    private static final int EXPIRY_SECONDS = 2;
    private static final int WILL_DELAY_SECONDS = 3;

    private Terms() {}

    /** A topic below {@code name} whose messages expire. */
    static String brief(String name) {
        return name + BRIEF;
    }

    /** A client ID whose wills, on a topic that ends with it, are delayed. */
    static String delayed(String name) {
        return name + DELAYED;
    }

    /** Message expiry of what is published on {@code topic}; 0: it does not expire. */
    static int expirySeconds(String topic) {
        return topic.endsWith(BRIEF) ? EXPIRY_SECONDS : 0;
    }

    /** Delay of a will on {@code topic}; 0: none. */
    static int willDelaySeconds(String topic) {
        return topic.endsWith(DELAYED) ? WILL_DELAY_SECONDS : 0;
    }

    /** {@link #expirySeconds}. */
    static long expiryNanos(String topic) {
        return Duration.ofSeconds(expirySeconds(topic)).toNanos();
    }

    /** {@link #willDelaySeconds}. */
    static long willDelayNanos(String topic) {
        return Duration.ofSeconds(willDelaySeconds(topic)).toNanos();
    }
}
