package dev.skein.connectors.rocketmq;

import dev.skein.connectors.support.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.apache.rocketmq.common.message.MessageQueue;

/** Holds what is sent to a topic while the name servers are asked where it is. */
final class TopicGate {
    private final String topic;
    private final Client client;
    private final ExecutorService executor;
    private final BiConsumer<List<MessageQueue>, List<Entry>> onward;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Entry> held = new ArrayList<>();
    private boolean looking;
    private boolean closed;

    TopicGate(
            String topic, Client client, ExecutorService executor, BiConsumer<List<MessageQueue>, List<Entry>> onward) {
        this.topic = topic;
        this.client = client;
        this.executor = executor;
        this.onward = onward;
    }

    void put(List<Entry> entries) {
        lock.lock();
        try {
            List<MessageQueue> queues = client.queues(topic);
            if (!looking && !queues.isEmpty()) {
                onward.accept(queues, entries);
                return;
            }
            held.addAll(entries);
            if (!closed && !looking) {
                looking = true;
                executor.execute(this::look);
            }
        } catch (RejectedExecutionException e) {
            looking = false;
            closed = true;
        } finally {
            lock.unlock();
        }
        failIfClosed();
    }

    private void look() {
        Optional<String> problem;
        try {
            problem = client.look(topic);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = Optional.of("the connector is closed");
        } catch (RuntimeException e) {
            problem = Optional.of(client.reason(e));
        }
        List<Entry> given;
        lock.lock();
        try {
            looking = false;
            given = List.copyOf(held);
            held.clear();
            if (problem.isEmpty()) {
                onward.accept(client.queues(topic), given);
                return;
            }
        } finally {
            lock.unlock();
        }
        String reason = problem.get();
        given.forEach(entry -> entry.failed(false, reason));
    }

    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        failIfClosed();
    }

    private void failIfClosed() {
        List<Entry> given;
        lock.lock();
        try {
            if (!closed) {
                return;
            }
            given = List.copyOf(held);
            held.clear();
        } finally {
            lock.unlock();
        }
        given.forEach(entry -> entry.failed(false, "the connector is closed"));
    }
}
