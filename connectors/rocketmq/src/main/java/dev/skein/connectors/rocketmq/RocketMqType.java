package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.CheckedType;
import dev.skein.connectors.support.Problems;

/** RocketMQ by its name servers: {@code type = rocketmq}. */
public final class RocketMqType extends CheckedType {
    /** Found by its class name. */
    public RocketMqType() {
        super("rocketmq");
    }

    @Override
    protected Connector make(Settings settings) {
        return new RocketMqConnector(ClientSettings.of(settings));
    }

    @Override
    protected Problems checked(Settings settings) {
        Problems problems = new Problems(settings)
                .keys(ClientSettings.KEYS)
                .addresses("name-servers")
                .together("access-key", "secret-key");
        ClientSettings.checks(settings).forEach(problems::reads);
        return problems;
    }
}
