package dev.skein.connectors.rocketmq;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.ReadOffsetType;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.CommunicationMode;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.filter.ExpressionType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.protocol.header.PullMessageRequestHeader;
import org.apache.rocketmq.common.sysflag.PullSysFlag;
import org.apache.rocketmq.remoting.exception.RemotingException;

/** Sees whether a source works: the client tells nobody when its pulls fail. */
final class SourceCheck {
    private final Client client;
    private final SourceSettings settings;

    SourceCheck(Client client, SourceSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    /** Why nothing can come; empty when it can. Blocks. */
    Optional<String> problem(DefaultMQPushConsumer consumer) throws InterruptedException {
        DefaultMQPushConsumerImpl implementation = Internals.of(consumer);
        MQClientInstance factory = implementation.getmQClientFactory();
        try {
            Optional<String> missing = client.missing(settings.topic(), factory.getMQClientAPIImpl());
            if (missing.isPresent()) {
                return missing;
            }
            List<MessageQueue> ours = implementation.getRebalanceImpl().getProcessQueueTable().keySet().stream()
                    .filter(queue -> queue.getTopic().equals(settings.topic()))
                    .toList();
            if (ours.isEmpty()) {
                // The topic is young, or others of the group have all queues, or the broker does not answer.
                factory.rebalanceImmediately();
                return client.check();
            }
            for (MessageQueue queue : oneOfEachBroker(ours)) {
                pull(queue, implementation);
            }
            return Optional.empty();
        } catch (MQBrokerException | MQClientException | RemotingException e) {
            return Optional.of(client.reason(e));
        }
    }

    private static Iterable<MessageQueue> oneOfEachBroker(List<MessageQueue> queues) {
        Map<String, MessageQueue> byBroker = queues.stream()
                .collect(Collectors.toMap(MessageQueue::getBrokerName, queue -> queue, (one, other) -> one));
        return byBroker.values();
    }

    /**
     * As the client does, but for one message that is thrown away: permissions and group are checked, nothing changes.
     */
    private void pull(MessageQueue queue, DefaultMQPushConsumerImpl consumer)
            throws MQBrokerException, MQClientException, RemotingException, InterruptedException {
        MQClientInstance factory = consumer.getmQClientFactory();
        String address = factory.findBrokerAddressInPublish(queue.getBrokerName());
        if (address == null) {
            throw new MQClientException("broker " + queue.getBrokerName() + " has no address", null);
        }
        PullMessageRequestHeader header = new PullMessageRequestHeader();
        header.setConsumerGroup(settings.group());
        header.setTopic(queue.getTopic());
        header.setQueueId(queue.getQueueId());
        header.setQueueOffset(
                Math.max(0, consumer.getOffsetStore().readOffset(queue, ReadOffsetType.READ_FROM_MEMORY)));
        header.setMaxMsgNums(1);
        header.setSysFlag(PullSysFlag.buildSysFlag(false, false, true, false));
        header.setCommitOffset(0L);
        header.setSuspendTimeoutMillis(0L);
        header.setSubscription("*");
        header.setSubVersion(0L);
        header.setExpressionType(ExpressionType.TAG);
        header.setBname(queue.getBrokerName());
        MQClientAPIImpl api = factory.getMQClientAPIImpl();
        api.pullMessage(address, header, client.settings().timeout().toMillis(), CommunicationMode.SYNC, null);
    }
}
