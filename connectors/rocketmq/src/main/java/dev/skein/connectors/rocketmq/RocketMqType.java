package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.util.List;

/** RocketMQ by its name servers: {@code type = rocketmq}. */
public final class RocketMqType implements ConnectorType {
    @Override
    public String name() {
        return "rocketmq";
    }

    @Override
    public List<String> problems(Settings settings) {
        return checked(settings).lines();
    }

    @Override
    public Connector open(Settings settings) {
        checked(settings).refuse();
        return new RocketMqConnector(ClientSettings.of(settings));
    }

    private static Problems checked(Settings settings) {
        Problems problems = new Problems(settings)
                .keys(ClientSettings.KEYS)
                .addresses("name-servers")
                .together("access-key", "secret-key");
        ClientSettings.checks(settings).forEach(problems::reads);
        return problems;
    }
}
