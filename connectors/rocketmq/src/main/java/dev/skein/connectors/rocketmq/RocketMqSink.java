package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.support.Answer;
import dev.skein.connectors.support.Budget;
import dev.skein.connectors.support.Entry;
import dev.skein.connectors.support.Lanes;
import dev.skein.connectors.support.OrderKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Sends records to the queues of topics. The queue of a record is chosen by its order key; each queue has one batch
 * under way, so what stands in it is in order.
 */
final class RocketMqSink implements Sink {
    private final Client client;
    private final ExecutorService executor;
    private final Budget budget;
    private final Lanes<MessageQueue> lanes;
    private final Map<String, TopicGate> gates = new ConcurrentHashMap<>();

    RocketMqSink(Client client, ExecutorService executor, Budget budget) {
        this.client = client;
        this.executor = executor;
        this.budget = budget;
        lanes = new Lanes<>(this::transmit, executor, client.settings().batch());
    }

    @Override
    public void send(List<SinkRecord> records, Outcome outcome) {
        Map<String, List<Entry>> byTopic = LinkedHashMap.newLinkedHashMap(1);
        for (int i = 0; i < records.size(); i++) {
            SinkRecord record = records.get(i);
            Optional<String> problem =
                    Messages.problem(record, client.settings().messageBytes());
            if (problem.isPresent()) {
                outcome.failed(i, true, problem.get());
                continue;
            }
            budget.admit(record, i, outcome)
                    .ifPresent(entry -> byTopic.computeIfAbsent(record.topic(), topic -> new ArrayList<>())
                            .add(entry));
        }
        byTopic.forEach(
                (topic, entries) -> gates.computeIfAbsent(topic, this::gate).put(entries));
    }

    private TopicGate gate(String topic) {
        return new TopicGate(topic, client, executor, this::distribute);
    }

    /** Asks for the queues of a topic before the first message comes. */
    RocketMqSink prepared(String topic) {
        gates.computeIfAbsent(topic, this::gate).put(List.of());
        return this;
    }

    private void distribute(List<MessageQueue> queues, List<Entry> entries) {
        Map<MessageQueue, List<Entry>> byQueue = LinkedHashMap.newLinkedHashMap(queues.size());
        for (Entry entry : entries) {
            byQueue.computeIfAbsent(queueOf(entry.record(), queues), queue -> new ArrayList<>())
                    .add(entry);
        }
        byQueue.forEach(lanes::put);
    }

    private static MessageQueue queueOf(SinkRecord record, List<MessageQueue> queues) {
        return queues.get(OrderKeys.place(record, queues.size()));
    }

    private CompletionStage<Answer> transmit(MessageQueue queue, List<SinkRecord> records) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        String address = "broker " + queue.getBrokerName();
        client.producer()
                .send(
                        Messages.batch(records),
                        queue,
                        new SendCallback() {
                            @Override
                            public void onSuccess(SendResult result) {
                                answer.complete(Failures.answer(result, queue));
                            }

                            @Override
                            public void onException(Throwable failure) {
                                answer.complete(Failures.answer(failure, address));
                            }
                        },
                        client.settings().timeout().toMillis());
        return answer;
    }

    @Override
    public void close() {
        gates.values().forEach(TopicGate::close);
        lanes.close();
    }
}
