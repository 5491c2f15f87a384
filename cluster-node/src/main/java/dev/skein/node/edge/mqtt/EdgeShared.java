package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Admission;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.claim.Claims;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.edge.EdgeSettings;

/**
 * What all MQTT connections of a node share. Thread-safe.
 *
 * @param admission how much the node takes on at once
 * @param transport bounds and deadlines of all connections
 */
record EdgeShared(
        Delivery delivery,
        Claims claims,
        Authenticator authenticator,
        WillPublisher wills,
        Admission admission,
        MqttSettings settings,
        EdgeSettings transport) {
    /** Log lines about connections. */
    ConnectionLog log() {
        return delivery.log();
    }
}
