package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the {@link Permissions} of each instance's newest view. Thread-safe. */
public final class PermissionsCache {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(InstanceView view, Permissions permissions) {}

    /** The permissions of exactly this view. */
    @SuppressWarnings("ReferenceEquality") // views are shared, and comparing all users of two is not free
    public Permissions of(InstanceView view) {
        Entry entry = entries.get(view.id());
        if (entry == null || entry.view() != view) {
            entry = new Entry(view, Permissions.of(view));
            entries.put(view.id(), entry);
        }
        return entry.permissions();
    }
}
