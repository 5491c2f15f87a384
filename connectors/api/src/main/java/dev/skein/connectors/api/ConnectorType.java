package dev.skein.connectors.api;

import java.util.List;

/**
 * A kind of back end, such as RocketMQ or Kafka. Found by {@link java.util.ServiceLoader} in the jars of
 * {@code lib/connectors/<name>}, which have a class loader of their own.
 */
public interface ConnectorType {
    /** What {@code skein.connectors.<id>.type} says: lower-case letters, digits and {@code -}. */
    String name();

    /**
     * What is wrong with the settings of a connector, one line for each: the key, its value and what is expected.
     * Secrets are not repeated. Asks nobody. Empty when they are right.
     */
    List<String> problems(Settings settings);

    /**
     * Makes a connector with settings that have no problems. Reaches nobody yet and does not block.
     *
     * @throws IllegalArgumentException for settings with problems
     */
    Connector open(Settings settings);
}
