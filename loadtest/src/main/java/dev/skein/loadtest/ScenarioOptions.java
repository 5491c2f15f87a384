package dev.skein.loadtest;

import dev.skein.loadtest.mqtt.Transport.Way;
import dev.skein.loadtest.play.Access;
import dev.skein.loadtest.scenario.Group.Credentials;
import dev.skein.loadtest.scenario.Group.Wire;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a scenario's clients reach the broker; the scenario says what they do there. */
final class ScenarioOptions {
    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "The broker's host, or several with commas between: clients take them in turn (default:"
                    + " ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "1883", description = "For plain TCP (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--tls-port", defaultValue = "8883", description = "For TLS (default: ${DEFAULT-VALUE}).")
    private int tlsPort;

    @Option(names = "--ws-port", defaultValue = "8083", description = "For WebSocket (default: ${DEFAULT-VALUE}).")
    private int wsPort;

    @Option(
            names = "--wss-port",
            defaultValue = "8084",
            description = "For WebSocket over TLS (default: ${DEFAULT-VALUE}).")
    private int wssPort;

    @Option(names = "--ws-path", defaultValue = "/mqtt", description = "For WebSocket (default: ${DEFAULT-VALUE}).")
    private String wsPath = "";

    @Option(
            names = "--transport",
            defaultValue = "tcp",
            description = "tcp, tls, ws or wss, of groups that do not name theirs (default: ${DEFAULT-VALUE}).")
    private Wire transport = Wire.TCP;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Option(names = "--username", description = "User name of clients without credentials of their own.")
    private @Nullable String username;

    @Option(names = "--password", description = "Their password.")
    private @Nullable String password;

    @Option(names = "--access-key", description = "In place of a user name: a key that signs client IDs (HMAC-SHA1).")
    private @Nullable String accessKey;

    @Option(names = "--access-secret", description = "The key's secret.")
    private @Nullable String accessSecret;

    @Option(names = "--instance", description = "The instance that the key belongs to.")
    private @Nullable String instance;

    @Mixin
    private ConnectorOptions connector = new ConnectorOptions();

    Access access() throws SSLException {
        SslContext context = tls.context();
        Map<Wire, Way> ways = new EnumMap<>(Wire.class);
        ways.put(Wire.TCP, new Way(Addresses.brokers(host, Addresses.port("--port", port)), null, null));
        ways.put(Wire.TLS, new Way(Addresses.brokers(host, Addresses.port("--tls-port", tlsPort)), context, null));
        ways.put(Wire.WS, new Way(Addresses.brokers(host, Addresses.port("--ws-port", wsPort)), null, wsPath));
        ways.put(Wire.WSS, new Way(Addresses.brokers(host, Addresses.port("--wss-port", wssPort)), context, wsPath));
        Way any = ways.get(transport);
        if (any == null) {
            throw new IllegalArgumentException("--transport: " + transport + " (expected: tcp, tls, ws or wss)");
        }
        ways.put(Wire.ANY, any);
        return new Access(ways, credentials(), connector.sources(), connector.threads(), connector.pending());
    }

    private @Nullable Credentials credentials() {
        if (accessKey != null) {
            if (accessSecret == null || instance == null || username != null) {
                throw new IllegalArgumentException("--access-key: " + accessKey
                        + " (expected: --access-secret and --instance with it, and no --username)");
            }
            return new Credentials(accessKey, accessSecret, instance);
        }
        if (password != null && username == null) {
            throw new IllegalArgumentException("password: given (expected: a user name with it)");
        }
        return username == null ? null : new Credentials(username, password == null ? "" : password, null);
    }

    /** The same options for another process; it has sources and event loops of its own. */
    List<String> arguments() {
        List<String> all = new ArrayList<>(List.of(
                "--host", host,
                "--port", Integer.toString(port),
                "--tls-port", Integer.toString(tlsPort),
                "--ws-port", Integer.toString(wsPort),
                "--wss-port", Integer.toString(wssPort),
                "--ws-path", wsPath,
                "--transport", transport.name().toLowerCase(Locale.ROOT),
                "--pending", Integer.toString(connector.pending())));
        add(all, "--username", username);
        add(all, "--password", password);
        add(all, "--access-key", accessKey);
        add(all, "--access-secret", accessSecret);
        add(all, "--instance", instance);
        all.addAll(tls.arguments());
        return all;
    }

    private static void add(List<String> all, String name, @Nullable String value) {
        if (value != null) {
            all.add(name);
            all.add(value);
        }
    }
}
