package dev.skein.connectors.support;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import java.util.List;

/** A kind of back end that opens nothing with settings that have problems. */
public abstract class CheckedType implements ConnectorType {
    private final String name;

    /** With the name that {@code type} says. */
    protected CheckedType(String name) {
        this.name = name;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<String> problems(Settings settings) {
        return checked(settings).lines();
    }

    @Override
    public final Connector open(Settings settings) {
        checked(settings).refuse();
        return make(settings);
    }

    /** Looks at the settings. */
    protected abstract Problems checked(Settings settings);

    /** As {@link #open}, with settings that have no problems. */
    protected abstract Connector make(Settings settings);
}
