package dev.skein.node.auth;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One instance called {@code fleet}, as a test has it at present; nobody is told of changes. */
record FleetView(Supplier<InstanceView> view) implements InstanceViews {
    @Override
    public @Nullable InstanceView find(String instanceId) {
        return instanceId.equals("fleet") ? view.get() : null;
    }

    @Override
    public Collection<InstanceView> all() {
        return List.of(view.get());
    }

    @Override
    public void onChange(Consumer<InstanceView> listener) {}
}
