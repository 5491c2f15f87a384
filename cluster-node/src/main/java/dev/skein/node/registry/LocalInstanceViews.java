package dev.skein.node.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The copies of one node. Any thread reads; {@link #put} is for one thread at a time. */
final class LocalInstanceViews implements InstanceViews {
    private static final Logger LOG = LoggerFactory.getLogger(LocalInstanceViews.class);

    private final List<Consumer<InstanceView>> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, InstanceView> views = Map.of();

    @Override
    public @Nullable InstanceView find(String instanceId) {
        return views.get(instanceId);
    }

    @Override
    public Collection<InstanceView> all() {
        return views.values();
    }

    @Override
    public void onChange(Consumer<InstanceView> listener) {
        listeners.add(listener);
    }

    /** Takes {@code view} unless a newer one is there. */
    void put(InstanceView view) {
        InstanceView held = views.get(view.id());
        if (held != null && (held.version() > view.version() || held.equals(view))) {
            return;
        }
        Map<String, InstanceView> next = new HashMap<>(views);
        next.put(view.id(), view);
        views = Map.copyOf(next);
        for (Consumer<InstanceView> listener : listeners) {
            try {
                listener.accept(view);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on instance {} version {}", view.id(), view.version(), e);
            }
        }
    }
}
