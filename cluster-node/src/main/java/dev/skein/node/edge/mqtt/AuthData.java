package dev.skein.node.edge.mqtt;

import dev.skein.protocol.mqtt.codec.PropertyBuffer;

/** Data of enhanced authentication for a client, with the method that they are of (MQTT 5 section 4.12). */
final class AuthData {
    private final String method;
    private final byte[] data;

    /** @param data none when empty; not copied */
    AuthData(String method, byte[] data) {
        this.method = method;
        this.data = data;
    }

    void addTo(PropertyBuffer properties) {
        properties.authenticationMethod(method);
        if (data.length > 0) {
            properties.authenticationData(data);
        }
    }
}
