package dev.skein.protocol.topic;

import org.jspecify.annotations.Nullable;

/** Point-to-point topics: {@code <parent>/p2p/<clientId>} reaches that client without a subscription. */
public final class P2pTopics {
    private static final String LEVEL = "/p2p/";

    private P2pTopics() {}

    /**
     * Whom a topic addresses.
     *
     * @return the client ID, which is all that follows {@code p2p/} and may hold {@code /}; null when the second level
     *     is not {@code p2p} or the parent topic or the client ID is empty
     */
    public static @Nullable String target(String topic) {
        int slash = topic.indexOf('/');
        int clientId = slash + LEVEL.length();
        boolean addressed = slash > 0 && clientId < topic.length() && topic.startsWith(LEVEL, slash);
        return addressed ? topic.substring(clientId) : null;
    }

    /** The topic that reaches {@code clientId}. The result is only as valid as its parts: see {@link TopicNames}. */
    public static String of(String parent, String clientId) {
        return parent + LEVEL + clientId;
    }
}
