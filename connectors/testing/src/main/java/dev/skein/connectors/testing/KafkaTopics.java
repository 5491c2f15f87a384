package dev.skein.connectors.testing;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Makes a topic, in the process of the broker: Kafka's own command ends that. By reflection, since this module is on
 * the class paths of servers with different clients.
 */
final class KafkaTopics {
    private KafkaTopics() {}

    /** @param arguments host and port, topic, partitions */
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        Class<?> admins = Class.forName("org.apache.kafka.clients.admin.Admin");
        Object topic = Class.forName("org.apache.kafka.clients.admin.NewTopic")
                .getConstructor(String.class, Optional.class, Optional.class)
                .newInstance(arguments[1], Optional.of(Integer.valueOf(arguments[2])), Optional.empty());
        try (AutoCloseable admin =
                (AutoCloseable) admins.getMethod("create", Properties.class).invoke(null, properties)) {
            Object made = admins.getMethod("createTopics", Collection.class).invoke(admin, List.of(topic));
            Object future = made.getClass().getMethod("all").invoke(made);
            Class.forName("org.apache.kafka.common.KafkaFuture")
                    .getMethod("get")
                    .invoke(future);
        }
    }
}
