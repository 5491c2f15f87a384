package dev.skein.node.edge.mqtt;

import dev.skein.node.audit.AuditLog;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.protocol.message.Reason;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.util.NetUtil;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line at DEBUG for each connect, disconnect, subscribe and unsubscribe, by a logger of its own that is off unless an
 * operator wants it ({@code skein.log.clients}). Costs a comparison while it is off.
 */
final class ClientLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.skein.clients");

    private ClientLog() {}

    /** CONNACK 0 was sent. */
    static void connected(MqttConnection connection, boolean present) {
        if (AuditLog.isOn()) {
            ClientState client = connection.client();
            who(AuditLog.line("connected"), connection, client)
                    .with("session", client.sessionId() == 0 ? "clean" : present ? "taken-up" : "new")
                    .write();
        }
        if (LOG.isDebugEnabled()) {
            ClientState.Accepted accepted = connection.client().accepted();
            LOG.debug(
                    "{} connected: MQTT {}, clean start {}, session present {}, keep-alive {} s, {}",
                    connection.describe(),
                    version(accepted.protocolLevel()),
                    accepted.wishes().term().cleanStart(),
                    present,
                    accepted.keepAliveNanos() / 1_000_000_000L,
                    accepted.will() == null ? "no will" : "with a will");
        }
    }

    private static String version(int level) {
        return switch (level) {
            case Mqtt3Writer.LEVEL_3_1 -> "3.1";
            case Mqtt3Writer.LEVEL_3_1_1 -> "3.1.1";
            default -> Integer.toString(level);
        };
    }

    /** SUBACK was sent; {@code codes} are its return codes. */
    static void subscribed(MqttConnection connection, List<MqttTopicSubscription> wanted, byte[] codes) {
        if (LOG.isDebugEnabled()) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < codes.length; i++) {
                text.append(i == 0 ? "" : ", ").append(wanted.get(i).topicFilter());
                text.append(codes[i] < 0 ? " refused" : " at QoS " + codes[i]);
            }
            line(connection, "subscribed", text.toString());
        }
    }

    /** UNSUBACK was sent. */
    static void unsubscribed(MqttConnection connection, List<String> filters) {
        if (LOG.isDebugEnabled()) {
            line(connection, "unsubscribed", String.join(", ", filters));
        }
    }

    /** Tells why {@code connection} ends; what the client itself chose only where skein.log.clients asks for it. */
    static void ended(ConnectionLog log, MqttConnection connection, Reason reason, String detail) {
        if (AuditLog.isOn()) {
            audit(connection, reason, detail);
        }
        boolean told = reason.logged() && log.line(connection.describe(), reason.text() + ": " + detail);
        if (!told && LOG.isDebugEnabled()) {
            line(connection, reason.text(), detail);
        }
    }

    private static void audit(MqttConnection connection, Reason reason, String detail) {
        ClientState client = connection.clientOrNull();
        AuditLog.Line line;
        if (client != null) {
            line = who(AuditLog.line("disconnected"), connection, client);
        } else if (connection.connecting().hasSaid()) { // others have not tried to log in
            line = where(AuditLog.line("refused"), connection)
                    .with("client", connection.connecting().attempt().clientId())
                    .with("user", connection.connecting().claimedUser());
        } else {
            return;
        }
        line.with("reason", reason.label()).with("detail", detail).write();
    }

    private static AuditLog.Line who(AuditLog.Line line, MqttConnection connection, ClientState client) {
        return where(line, connection)
                .with("instance", client.identity().instance())
                .with("client", client.identity().clientId())
                .with("user", client.identity().username())
                .with("owner", client.identity().owner());
    }

    private static AuditLog.Line where(AuditLog.Line line, MqttConnection connection) {
        return line.with("listener", connection.info().listener())
                .with("address", NetUtil.toSocketAddressString(connection.info().remote()));
    }

    private static void line(MqttConnection connection, String what, String detail) {
        LOG.debug("{} {}: {}", connection.describe(), what, ConnectionLog.printable(detail));
    }
}
