package dev.skein.connectors.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks the cluster whether it is there: producers and consumers wait in silence while it is not. Thread-safe. */
final class Administration implements AutoCloseable {
    private final ClientSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Admin admin;
    private boolean closed;

    Administration(ClientSettings settings) {
        this.settings = settings;
    }

    /** Why the cluster, or a topic there, cannot be used; empty when it can. Blocks for at most {@code patience}. */
    Optional<String> problem(Optional<String> topic, Duration patience) {
        try {
            KafkaFuture<?> answer = topic.isPresent()
                    ? admin().describeTopics(List.of(topic.get())).allTopicNames()
                    : admin().describeCluster().nodes();
            answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of(silent(patience));
        } catch (ExecutionException e) {
            return Optional.of(reason(e.getCause() == null ? e : e.getCause(), topic, patience));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (KafkaException | IllegalStateException e) {
            return Optional.of(Failures.reason(e, settings.addresses()));
        }
    }

    private String reason(Throwable failure, Optional<String> topic, Duration patience) {
        if (failure instanceof AuthenticationException) {
            end(); // it says nothing else from then on
        }
        if (failure instanceof UnknownTopicOrPartitionException && topic.isPresent()) {
            return settings.addresses() + ": topic " + topic.get()
                    + " is unknown there (expected: a topic; create it with" + " kafka-topics --create)";
        }
        return failure instanceof org.apache.kafka.common.errors.TimeoutException
                ? silent(patience)
                : Failures.reason(failure, settings.addresses());
    }

    private String silent(Duration patience) {
        return "no answer from " + settings.addresses() + " within " + patience.toMillis() + " ms";
    }

    private Admin admin() {
        lock.lock();
        try {
            if (closed) {
                throw new KafkaException("the connector is closed");
            }
            if (admin == null) {
                Map<String, Object> properties = new HashMap<>(settings.common());
                properties.put(
                        "default.api.timeout.ms", (int) settings.timeout().toMillis());
                admin = OwnLoader.make(() -> Admin.create(properties));
            }
            return admin;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        Admin last;
        lock.lock();
        try {
            last = admin;
            admin = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        end();
    }
}
