package dev.skein.connectors.rocketmq;

import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.producer.DefaultMQProducerImpl;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

/** The parts of the client behind its public classes. */
@SuppressWarnings("deprecation") // the client has no other way to them
final class Internals {
    private Internals() {}

    static DefaultMQProducerImpl of(DefaultMQProducer producer) {
        return producer.getDefaultMQProducerImpl();
    }

    static DefaultMQPushConsumerImpl of(DefaultMQPushConsumer consumer) {
        return consumer.getDefaultMQPushConsumerImpl();
    }
}
