package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.CheckedType;
import dev.skein.connectors.support.Problems;

/** Kafka by its bootstrap servers: {@code type = kafka}. */
public final class KafkaType extends CheckedType {
    /** Found by its class name. */
    public KafkaType() {
        super("kafka");
    }

    @Override
    protected Connector make(Settings settings) {
        return new KafkaConnector(ClientSettings.of(settings));
    }

    @Override
    protected Problems checked(Settings settings) {
        Problems problems = new Problems(settings)
                .keys(ClientSettings.KEYS)
                .addresses("bootstrap-servers")
                .together("username", "password");
        Access.problems(settings, problems);
        ClientSettings.checks(settings).forEach(problems::reads);
        return problems;
    }
}
