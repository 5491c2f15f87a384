package dev.skein.persistence.memory;

import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Stores that forget everything when the process ends. One thread of their own does all the work, in order. */
public final class MemoryStores implements Stores {
    private final MemoryState state;
    private final InstantSource clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("skein-memory-store").daemon().factory());
    private final MemoryMessageStore messages;
    private final MemorySessionStore sessions;
    private final MemoryRetainedStore retained;
    private final MemoryWillStore wills;
    private final MemoryNodePresence presence;
    private final Overview overview;

    /** Empty stores. */
    public MemoryStores(StoreSettings settings, InstantSource clock, DropListener drops) {
        this(new MemoryState(), settings, clock, drops);
    }

    private MemoryStores(MemoryState state, StoreSettings settings, InstantSource clock, DropListener drops) {
        this.state = state;
        this.clock = clock;
        this.messages = new MemoryMessageStore(this, state, settings, clock, drops);
        this.sessions = new MemorySessionStore(this, state);
        this.retained = new MemoryRetainedStore(this, state);
        this.wills = new MemoryWillStore(this, state);
        this.presence = new MemoryNodePresence(this, state, settings.nodeName(), clock);
        this.overview = new MemoryOverview(this::run, state);
    }

    /** Other stores over the same data, as another node has them. */
    public MemoryStores beside(StoreSettings settings, InstantSource clock, DropListener drops) {
        return new MemoryStores(state, settings, clock, drops);
    }

    /** Runs {@code task} in its turn, alone among all stores over the same data. */
    <T> CompletionStage<T> run(Supplier<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                T result;
                try {
                    synchronized (state) {
                        result = task.get();
                    }
                } catch (RuntimeException e) {
                    done.completeExceptionally(new StoreUnavailableException("memory: " + e.getMessage(), e));
                    return;
                }
                done.complete(result);
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreUnavailableException("the store is closed", e));
        }
        return done;
    }

    /** Enforces age and bounds now, as the sweep of a database store does from time to time. */
    public CompletionStage<Void> sweep() {
        return messages.sweep();
    }

    @Override
    public MessageStore messages() {
        return messages;
    }

    @Override
    public SessionStore sessions() {
        return sessions;
    }

    @Override
    public RetainedStore retained() {
        return retained;
    }

    @Override
    public WillStore wills() {
        return wills;
    }

    @Override
    public DeviceCredentialStore devices() {
        return new MemoryDeviceCredentialStore(this::run, state.devices);
    }

    @Override
    public Overview overview() {
        return overview;
    }

    @Override
    public NodePresence presence() {
        return presence;
    }

    @Override
    public CompletionStage<Long> ageMillis() {
        return CompletableFuture.completedFuture(clock.millis());
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public StoreMetrics metrics() {
        return messages.metrics();
    }

    @Override
    public void close() {
        thread.close();
    }
}
