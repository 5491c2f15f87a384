package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.auth.ConnectAttempt;
import dev.skein.node.auth.EnhancedScheme;
import dev.skein.node.auth.Identity;
import dev.skein.node.delivery.LoopContext;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import org.jspecify.annotations.Nullable;

/**
 * Enhanced authentication of one client, with CONNECT and again later (MQTT 5 section 4.12): by which method, and whose
 * turn it is to speak. What is said is the scheme's. Confined to the client's event loop.
 */
final class AuthExchange {
    private static final byte[] NO_DATA = new byte[0];

    private final EnhancedScheme scheme;
    private final ConnectAttempt attempt;
    private final LoopContext context;
    private EnhancedScheme.@Nullable Exchange running;
    private boolean answering;

    /** Takes what comes of data; on the event loop, maybe when the connection is closed. */
    interface Side {
        /** The answer has to wait though nothing is being done for it. */
        void waits();

        /** The client is to say more. */
        void more(AuthData data);

        /** The client is {@code identity}. */
        void accepted(Identity identity, AuthData data);

        /** It is not let in. */
        void refused(Refused refused);
    }

    /** CONNECT names the method of {@code scheme}: {@link #take} its data. */
    AuthExchange(EnhancedScheme scheme, ConnectAttempt attempt, LoopContext context) {
        this.scheme = scheme;
        this.attempt = attempt.withoutPassword();
        this.context = context;
        this.running = scheme.begin(attempt);
        this.answering = true;
    }

    /** Why {@code auth} is a protocol error, or null: it may be {@link #take taken}. */
    @Nullable
    String violation(MqttMessage auth) {
        int code = code(auth);
        int due = running == null ? ReasonCodes.AUTHENTICATE_AGAIN : ReasonCodes.CONTINUE_AUTHENTICATION;
        if (answering || code != due) {
            return "AUTH with reason code 0x%x (expected: %s) [4.12]"
                    .formatted(
                            code,
                            answering ? "none before the answer to the one before" : "0x" + Integer.toHexString(due));
        }
        Object method = PropertyValues.of(properties(auth), MqttProperties.AUTHENTICATION_METHOD);
        return scheme.method().equals(method)
                ? null
                : "authentication method of AUTH: %s (expected: %s, as in CONNECT) [MQTT-4.12.0-5]"
                        .formatted(method == null ? "none" : method, scheme.method());
    }

    /** Takes the data in properties of CONNECT or AUTH; one of {@code side}'s methods beside waits is called once. */
    void take(MqttProperties properties, Side side) {
        EnhancedScheme.Exchange exchange = running;
        if (exchange == null) {
            exchange = scheme.begin(attempt);
            running = exchange;
        }
        answering = true;
        byte[] data = PropertyValues.of(properties, MqttProperties.AUTHENTICATION_DATA) instanceof byte[] bytes
                ? bytes
                : NO_DATA;
        exchange.take(data, new ToLoop(side));
    }

    private static int code(MqttMessage auth) {
        return auth.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                ? header.reasonCode() & 0xFF
                : ReasonCodes.SUCCESS;
    }

    /** Those of AUTH. */
    static MqttProperties properties(MqttMessage auth) {
        return auth.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                ? header.properties()
                : MqttProperties.NO_PROPERTIES;
    }

    /** The scheme may answer on any thread. */
    private final class ToLoop implements EnhancedScheme.Answer {
        private final Side side;

        ToLoop(Side side) {
            this.side = side;
        }

        @Override
        public void waits() {
            onLoop(side::waits);
        }

        @Override
        public void more(byte[] data) {
            onLoop(() -> {
                answering = false;
                side.more(new AuthData(scheme.method(), data));
            });
        }

        @Override
        public void accepted(Identity identity, byte[] data) {
            onLoop(() -> {
                over();
                side.accepted(identity, new AuthData(scheme.method(), data));
            });
        }

        @Override
        public void refused(Refused refused) {
            onLoop(() -> {
                over();
                side.refused(refused);
            });
        }

        private void over() {
            running = null;
            answering = false;
        }

        private void onLoop(Runnable task) {
            if (context.eventLoop().inEventLoop()) {
                task.run();
            } else {
                context.execute(task);
            }
        }
    }
}
