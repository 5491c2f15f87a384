package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Will;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wills of sessions that begin before the node can publish. */
class WillsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final SessionKey CLIENT = new SessionKey("default", "c1");
    private static final long CONNECTION = 7;

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    /** How publishing ends: null when it succeeds. */
    private final CompletableFuture<Throwable> published = new CompletableFuture<>();

    private final AtomicInteger attempts = new AtomicInteger();
    private final Wills wills = new Wills(
            node.kit.system(),
            stores.wills(),
            new WaitingWills(stores, new NoInstances(), InstantSource.system()),
            node.membership,
            _ -> attempt(),
            new ConnectionMemory(1 << 20));

    private record NoInstances() implements InstanceViews {
        @Override
        public @Nullable InstanceView find(String instanceId) {
            return null;
        }

        @Override
        public Collection<InstanceView> all() {
            return List.of();
        }

        @Override
        public void onChange(Consumer<InstanceView> listener) {
            // Nothing changes.
        }
    }

    private CompletionStage<?> attempt() {
        attempts.incrementAndGet();
        return published.thenCompose(failure ->
                failure == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(failure));
    }

    @AfterEach
    void end() {
        node.close();
        stores.close();
    }

    private CompletableFuture<Void> settle() {
        assertThat(wills.keep(CLIENT, CONNECTION, new Will("last/words", Content.of(new byte[1]), 1, false)))
                .succeedsWithin(DEADLINE);
        return wills.settle(CLIENT, CONNECTION, false).toCompletableFuture();
    }

    private void assertKept(int wills) {
        assertThat(stores.wills().ofClient(CLIENT))
                .succeedsWithin(DEADLINE)
                .satisfies(kept -> assertThat(kept).hasSize(wills));
    }

    @Test
    void willIsPublishedWhenTheNodeCanAndKeptUntilThen() {
        CompletableFuture<Void> settled = settle();
        assertKept(1);
        assertThat(settled).isNotDone();

        published.complete(null);

        assertThat(settled).succeedsWithin(DEADLINE);
        assertKept(0);
    }

    @Test
    void willThatMayNotBePublishedIsForgotten() {
        CompletableFuture<Void> settled = settle();

        published.complete(new IllegalArgumentException("topic: unknown (expected: a known one)"));

        assertThat(settled).succeedsWithin(DEADLINE);
        assertKept(0);
        assertThat(attempts).hasValue(1);
    }

    private static Will delayed(long seconds) {
        return new Will("last/words", Content.of(new byte[1]), 1, false, seconds, 0);
    }

    private void keepAndDelay(long seconds) {
        assertThat(wills.keep(CLIENT, CONNECTION, delayed(seconds))).succeedsWithin(DEADLINE);
        assertThat(wills.delay(CLIENT, CONNECTION, delayed(seconds), seconds)).succeedsWithin(DEADLINE);
    }

    private CompletableFuture<Void> settle(boolean takenUp) {
        return wills.settle(CLIENT, 0, takenUp).toCompletableFuture();
    }

    /** [MQTT-3.1.3-9] */
    @Test
    void aWillThatWaitsIsForgottenWhenItsSessionIsTakenUp() {
        keepAndDelay(3600);
        assertKept(1);
        assertThat(settle(true)).succeedsWithin(DEADLINE);
        assertKept(0);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aWillThatWaitsIsPublishedBeforeItsSessionEnds() {
        keepAndDelay(3600);
        CompletableFuture<Void> settled = settle(false);
        Waiting.until("it is published", DEADLINE, () -> attempts.get() == 1);
        assertThat(settled).isNotDone();
        published.complete(null);
        assertThat(settled).succeedsWithin(DEADLINE);
        assertKept(0);
    }

    @Test
    void aWillIsPublishedOnceWhenItsDelayHasPassed() {
        published.complete(null);
        wills.start();
        keepAndDelay(1);
        Waiting.until("it is published", DEADLINE, () -> attempts.get() == 1);
        assertThat(settle(true)).succeedsWithin(DEADLINE);
        assertKept(0);
        assertThat(attempts).hasValue(1);
    }

    private List<StoredWill> kept() {
        try {
            return stores.wills().ofClient(CLIENT).toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theDelayOfAWillWhoseNodeIsGoneBeginsWhenThatIsKnown() {
        published.complete(null);
        session(60L);
        ofANodeThatIsGone(3600);
        wills.start();
        Waiting.until("it waits", DEADLINE, () -> kept().stream().anyMatch(each -> each.dueAt() != 0));
        long due = kept().getFirst().dueAt();
        assertThat(due - InstantSource.system().millis())
                .as("no longer than its session lives")
                .isLessThanOrEqualTo(60_000);
        assertThat(settle(true)).succeedsWithin(DEADLINE);
        assertKept(0);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aWillWithoutASessionDoesNotWait() {
        published.complete(null);
        ofANodeThatIsGone(3600);
        wills.start();
        Waiting.until("it is published", DEADLINE, () -> attempts.get() == 1);
        assertThat(settle(false)).succeedsWithin(DEADLINE);
        assertKept(0);
    }

    private void session(long expirySeconds) {
        assertThat(stores.sessions().create(StoredSession.wanted(CLIENT, null, expirySeconds, 99, 1)))
                .succeedsWithin(DEADLINE);
    }

    private void ofANodeThatIsGone(long delay) {
        assertThat(stores.wills().put(new StoredWill(CONNECTION, 99, CLIENT, delayed(delay), false, 0)))
                .succeedsWithin(DEADLINE);
    }
}
