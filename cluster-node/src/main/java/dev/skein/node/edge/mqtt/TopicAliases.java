package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.TopicName;
import java.util.HashMap;
import java.util.Map;

/**
 * Topic aliases towards one client (MQTT 5 section 3.3.2.3.4): the first topics that it is sent get one, as many as it
 * takes. Confined to the client's event loop.
 */
final class TopicAliases {
    /** The topic is sent in full. */
    static final int NONE = 0;

    private final int maximum;
    private final Map<TopicName, Integer> known = new HashMap<>();

    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /** The alias that stands for {@code topic} already, or {@link #NONE}. */
    int find(TopicName topic) {
        return known.getOrDefault(topic, NONE);
    }

    /** A new alias for {@code topic}, which is sent with it; {@link #NONE} when there is none left. */
    int assign(TopicName topic) {
        if (known.size() >= maximum) {
            return NONE;
        }
        int alias = known.size() + 1;
        known.put(topic, alias);
        return alias;
    }
}
