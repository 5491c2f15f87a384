package dev.skein.node.rule.connect;

import dev.skein.connectors.api.Connector;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The back ends of this node, each opened when it is first used. Thread-safe. */
public final class Connectors implements AutoCloseable {
    private final ConnectorTypes types;
    private final Map<String, ConnectorSettings> settings;
    private final Map<String, Connector> open = new HashMap<>();

    /** None is open. */
    public Connectors(ConnectorTypes types, Map<String, ConnectorSettings> settings) {
        this.types = types;
        this.settings = Map.copyOf(settings);
    }

    /** What is configured, by id. */
    public Collection<ConnectorSettings> all() {
        return settings.values().stream()
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** What is configured of one, or null. */
    public @Nullable ConnectorSettings find(String id) {
        return settings.get(id);
    }

    /**
     * The back end of that id.
     *
     * @throws IllegalArgumentException when there is none, or its settings are wrong
     */
    public synchronized Connector get(String id) {
        Connector known = open.get(id);
        if (known != null) {
            return known;
        }
        ConnectorSettings found = settings.get(id);
        if (found == null) {
            throw new IllegalArgumentException("connector: " + id + " (expected: one of skein.connectors of this node"
                    + (settings.isEmpty() ? ", which has none" : ": " + String.join(", ", settings.keySet())) + ")");
        }
        Connector made = types.open(found.type(), found.settings());
        open.put(id, made);
        return made;
    }

    /** Tries a back end now. Blocks for at most {@code patience}; empty when it answers. */
    public Optional<String> check(String id, Duration patience) {
        ConnectorSettings found = settings.get(id);
        List<String> problems = found == null ? List.of() : types.problems(found.type(), found.settings());
        return problems.isEmpty() ? get(id).check(patience) : Optional.of(problems.getFirst());
    }

    @Override
    public synchronized void close() {
        open.values().forEach(Connector::close);
        open.clear();
    }
}
