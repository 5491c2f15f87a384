package dev.skein.node.rule.connect;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import java.time.Duration;
import java.util.Optional;

/** A connector whose code runs with its own class loader as the context's. */
record GuardedConnector(Connector connector, ClassLoader loader) implements Connector {
    @Override
    public Sink sink(String topic, Settings settings) {
        return ConnectorTypes.within(loader, () -> connector.sink(topic, settings));
    }

    @Override
    public Source source(String group, String topic, Settings settings, SourceListener listener) {
        return ConnectorTypes.within(loader, () -> connector.source(group, topic, settings, listener));
    }

    @Override
    public Optional<String> check(Duration patience) {
        return ConnectorTypes.within(loader, () -> connector.check(patience));
    }

    @Override
    public void close() {
        ConnectorTypes.within(loader, () -> {
            connector.close();
            return true;
        });
    }
}
