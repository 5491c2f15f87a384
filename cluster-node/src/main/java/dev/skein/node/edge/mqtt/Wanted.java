package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.topic.SharedFilters;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Subscriptions as a SUBSCRIBE of any version asks for them. */
final class Wanted {
    private Wanted() {}

    /** One of {@code packet}. */
    static Subscription of(MqttSubscribeMessage packet, MqttTopicSubscription asked) {
        int identifier = (int) PropertyValues.number(
                packet.idAndPropertiesVariableHeader().properties(), MqttProperties.SUBSCRIPTION_IDENTIFIER, 0);
        String filter = asked.topicFilter();
        boolean shared = SharedFilters.isShared(filter) && SharedFilters.violation(filter) == null;
        return new Subscription(
                shared ? SharedFilters.matched(filter) : filter,
                asked.qualityOfService().value(),
                asked.option().isNoLocal(),
                asked.option().isRetainAsPublished(),
                asked.option().retainHandling().value(),
                shared ? SharedFilters.group(filter) : null,
                identifier);
    }

    /** Whether retained messages are sent for it; {@code held}: the client has it already [MQTT-3.3.1-9..11]. */
    static boolean showsRetained(Subscription asked, boolean held) {
        return switch (asked.shareGroup() == null ? asked.retainHandling() : 2) {
            case 0 -> true;
            case 1 -> !held;
            default -> false;
        };
    }

    /** Where each filter stands for the last time; empty when there is one. */
    static Map<String, Integer> lastOfEach(List<MqttTopicSubscription> wanted) {
        if (wanted.size() == 1) {
            return Map.of();
        }
        Map<String, Integer> last = HashMap.newHashMap(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            last.put(wanted.get(i).topicFilter(), i);
        }
        return last;
    }
}
