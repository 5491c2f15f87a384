package dev.skein.node.registry;

import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** This node's copies of all instances. Thread-safe; reading takes no lock. */
public interface InstanceViews {
    /** The newest copy that this node has, or null when there is no such instance. */
    @Nullable
    InstanceView find(String instanceId);

    /** The newest copies of all instances, in no order. */
    Collection<InstanceView> all();

    /** {@code listener} runs after each change that {@link #find} shows, on one thread at a time; it must not block. */
    void onChange(Consumer<InstanceView> listener);
}
