package dev.skein.loadtest;

import dev.skein.loadtest.load.RunNames;
import dev.skein.loadtest.load.Target;
import dev.skein.loadtest.mqtt.ConnectOptions;
import java.util.OptionalLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options about the broker and the clients' side of the network. */
final class BrokerOptions {
    private static final int PLAIN_PORT = 1883;
    private static final int TLS_PORT = 8883;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "The broker's host, or several with commas between: connections take them in turn (default:"
                    + " ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", description = "The broker's port (default: 1883, with TLS 8883).")
    private @Nullable Integer port;

    @Option(names = "--username", description = "User name of every client.")
    private @Nullable String username;

    @Option(names = "--password", description = "Password of every client.")
    private @Nullable String password;

    @ArgGroup
    private Sessions sessions = new Sessions();

    /** Exactly one of the two kinds. */
    static final class Sessions {
        @Option(names = "--clean", description = "Clean sessions (the default).")
        private boolean clean;

        @Option(
                names = "--persistent",
                description = "Persistent sessions (Clean Session = 0), discarded after the run.")
        private boolean persistent;

        boolean wantClean() {
            return clean || !persistent;
        }
    }

    @Option(names = "--keep-sessions", description = "With --persistent: leave the sessions in the broker.")
    private boolean keepSessions;

    @Option(
            names = "--keep-alive",
            defaultValue = "300",
            description = "Keep-alive in seconds, 0..65535 (default: ${DEFAULT-VALUE}).")
    private int keepAlive;

    @Option(
            names = "--client-prefix",
            description = "Client IDs begin with this; p or s and a number follow (default: new for each run).")
    private @Nullable String clientPrefix;

    @Mixin
    private Mqtt5Options mqtt5 = new Mqtt5Options();

    @Mixin
    private ConnectorOptions connector = new ConnectorOptions();

    @Option(names = "--tls", description = "Connect with TLS; the certificate is checked.")
    private boolean tls;

    @Mixin
    private TlsOptions trust = new TlsOptions();

    @Option(
            names = "--broker-pid",
            paramLabel = "PID",
            description = "The broker's process on this machine: adds its CPU time and resident memory.")
    private @Nullable Long brokerPid;

    boolean keepSessions() {
        return keepSessions;
    }

    /** The broker's address and all about connecting; {@code run} names clients that got no prefix. */
    Target target(int run) throws SSLException {
        boolean secured = tls || trust.given();
        int number = Addresses.port("--port", port == null ? (secured ? TLS_PORT : PLAIN_PORT) : port);
        return new Target(
                Addresses.brokers(host, number),
                new ConnectOptions(sessions.wantClean(), keepAlive, username, password).with(mqtt5.protocol()),
                clientPrefix == null ? RunNames.clientPrefix(run) : clientPrefix,
                connector.sources(),
                secured ? trust.context() : null,
                connector.threads(),
                connector.pending(),
                brokerPid == null ? OptionalLong.empty() : OptionalLong.of(brokerPid));
    }
}
