package dev.skein.node.auth;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.registry.InstanceSeeds;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Views read from a piece of configuration, as a node reads them. */
final class Views implements InstanceViews {
    private static final Config REFERENCE = ConfigFactory.parseResources("reference.conf");

    private final List<Consumer<InstanceView>> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, InstanceView> views;

    private Views(Map<String, InstanceView> views) {
        this.views = views;
    }

    /** @param instances what stands within {@code skein.instances} */
    static Views of(String instances) {
        return new Views(read(instances));
    }

    /** One instance called {@code fleet} with these keys. */
    static InstanceView fleet(String keys) {
        return Objects.requireNonNull(read("fleet {" + keys + "}").get("fleet"));
    }

    void become(String instances) {
        views = read(instances);
        views.values().forEach(view -> listeners.forEach(listener -> listener.accept(view)));
    }

    private static Map<String, InstanceView> read(String instances) {
        Config skein = ConfigFactory.parseString("skein.instances {" + instances + "}")
                .withFallback(REFERENCE)
                .resolve()
                .getConfig("skein");
        return InstanceSeeds.from(skein);
    }

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
}
