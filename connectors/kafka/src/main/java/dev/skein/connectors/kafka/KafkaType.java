package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.util.List;

/** Kafka by its bootstrap servers: {@code type = kafka}. */
public final class KafkaType implements ConnectorType {
    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public List<String> problems(Settings settings) {
        return checked(settings).lines();
    }

    @Override
    public Connector open(Settings settings) {
        checked(settings).refuse();
        return new KafkaConnector(ClientSettings.of(settings));
    }

    private static Problems checked(Settings settings) {
        Problems problems = new Problems(settings)
                .keys(ClientSettings.KEYS)
                .addresses("bootstrap-servers")
                .together("username", "password");
        Access.problems(settings, problems);
        ClientSettings.checks(settings).forEach(problems::reads);
        return problems;
    }
}
