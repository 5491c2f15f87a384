package dev.skein.node.governor;

import java.lang.management.GarbageCollectorMXBean;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of the {@link MemoryGovernor}. The JVM tells it of each collection; direct memory, of which nobody tells,
 * is looked at once a second.
 */
public final class MemoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);
    private static final long LOOK_MILLIS = 1000;

    private final MemoryGovernor governor;
    private final List<GarbageCollectorMXBean> collectors;
    private final AtomicBoolean due = new AtomicBoolean();
    private final NotificationListener listener = (_, _) -> collected();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("skein-memory").factory());

    private MemoryWatch(MemoryGovernor governor, List<GarbageCollectorMXBean> collectors) {
        this.governor = governor;
        this.collectors = collectors;
    }

    /**
     * Watches from now on.
     *
     * @param alarm told what is above its mark when an alarm is raised, and null when it is over; on one thread
     */
    public static MemoryWatch start(MemorySettings settings, Consumer<@Nullable String> alarm) {
        HeapUse heap = new HeapUse();
        MemoryGovernor governor = new MemoryGovernor(
                settings,
                List.of(heap, new DirectUse()),
                heap::lastCollected,
                System::gc, // G1 collects beside the program then: bin/skein sets ExplicitGCInvokesConcurrent
                alarm);
        MemoryWatch watch = new MemoryWatch(governor, HeapUse.collectors());
        watch.collectors.forEach(each -> {
            if (each instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(watch.listener, null, null);
            }
        });
        var _ = watch.thread.scheduleWithFixedDelay(watch::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return watch;
    }

    private void collected() {
        if (!thread.isShutdown() && due.compareAndSet(false, true)) {
            thread.execute(this::look);
        }
    }

    private void look() {
        due.set(false);
        try {
            governor.look(System.nanoTime());
        } catch (RuntimeException e) {
            LOG.error("The memory could not be looked at; the next look is in {} ms", LOOK_MILLIS, e);
        }
    }

    /** What it has found. */
    public MemoryGovernor governor() {
        return governor;
    }

    @Override
    public void close() {
        collectors.forEach(each -> {
            if (each instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(listener);
                } catch (ListenerNotFoundException e) {
                    LOG.debug("{} does not know the listener any more", each.getName(), e);
                }
            }
        });
        thread.shutdown();
    }
}
