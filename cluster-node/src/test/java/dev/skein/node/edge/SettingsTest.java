package dev.skein.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Config REFERENCE =
            ConfigFactory.parseResources("reference.conf").getConfig("skein");

    private static void readAll(Config skein) {
        ListenerSettings.from(skein);
        TlsSettings.from(skein.getConfig("tls"));
        EdgeSettings.from(skein.getConfig("edge"));
    }

    @Test
    void defaultsAreTheFourListenersOnLoopback() {
        assertThat(ListenerSettings.from(REFERENCE))
                .extracting(
                        ListenerSettings::name,
                        ListenerSettings::port,
                        settings -> settings.hosts().toString())
                .containsExactly(
                        tuple("mqtt", 1883, "localhost"),
                        tuple("mqtts", 8883, "localhost"),
                        tuple("ws", 8083, "localhost"),
                        tuple("wss", 8084, "localhost"));
        assertThat(TlsSettings.from(REFERENCE.getConfig("tls")).enabled()).isFalse();
        assertThat(EdgeSettings.from(REFERENCE.getConfig("edge")).eventLoops())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listeners.ws.port = 65536          | skein.listeners.ws.port: 65536 (expected: 0..65535)
            listeners.mqtt.port = many         | skein.listeners.mqtt.port:
            listeners.mqtt.host = ""           | skein.listeners.mqtt.host: "" (expected: an address or a list
            listeners.mqtt.host = []           | skein.listeners.mqtt.host: [] (expected: an address or a list
            listeners.mqtt.host = ["a", ""]    | skein.listeners.mqtt.host: [a, ] (expected: an address or a list
            listeners.mqtt.enabled = perhaps   | skein.listeners.mqtt.enabled:
            listeners.mqtt.trusted-proxies = [10.0.0.0/8, here] | skein.listeners.mqtt.trusted-proxies[1]: here (expected: an
            listeners.ws.trusted-proxies = ["::1/129"] | skein.listeners.ws.trusted-proxies[0]: ::1/129 (expected:
            listeners.ws.origins = [auto, example.com] | skein.listeners.ws.origins[1]: example.com (expected: auto, *, or
            edge.transport = carrier-pigeon    | skein.edge.transport: carrier-pigeon (expected:
            edge.backlog = 0                   | skein.edge.backlog: 0 (expected: 1..65535)
            edge.max-connections = 0           | skein.edge.max-connections: 0
            edge.connect-timeout = 1ms         | skein.edge.connect-timeout: 1 ms (expected: 100 ms..10 m)
            edge.write-low-water = 65KiB       | skein.edge.write-low-water: 66560 (expected: 1..65536 bytes)
            tls.certificate = a.pem            | skein.tls.key: "" (expected: the private key
            tls.key = a.pem                    | skein.tls.certificate: "" (expected: the certificate
            tls.client-auth = maybe            | skein.tls.client-auth: maybe
            tls.client-auth = required         | skein.tls.client-ca: "" (expected: a file of CA
            tls.protocols = []                 | skein.tls.protocols: []
            tls.protocols = [TLSv1]            | skein.tls.protocols: [TLSv1]
            tls.reload-interval = 0s           | skein.tls.reload-interval: 0 s (expected: 100 ms..1 d)
            """)
    void wrongValueIsRefusedWithItsFullKey(String override, String message) {
        Config skein = ConfigFactory.parseString(override).withFallback(REFERENCE);

        assertThatThrownBy(() -> readAll(skein))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void passwordDoesNotShow() {
        Config tls = ConfigFactory.parseString("key-password = geheim").withFallback(REFERENCE.getConfig("tls"));

        assertThat(TlsSettings.from(tls).toString()).doesNotContain("geheim");
    }
}
