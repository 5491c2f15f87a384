package dev.skein.node.delivery;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outlets of an instance by parent topic. Immutable. */
public final class Outlets {
    private final Map<String, List<Outlet>> byParent;

    /** Copies the map. */
    public Outlets(Map<String, List<Outlet>> byParent) {
        this.byParent = Map.copyOf(byParent);
    }

    /** Those of a parent topic, or null when it has none. */
    @Nullable
    List<Outlet> find(String parent) {
        return byParent.get(parent);
    }
}
