package dev.skein.node.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import dev.skein.node.conformance.BrokerExtension;
import dev.skein.node.conformance.BrokerUnderTest;
import dev.skein.node.conformance.ScramClient;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SCRAM-SHA-256 by the enhanced authentication of HiveMQ's client. */
@ExtendWith(BrokerExtension.class)
class HiveMqScramIT {
    private final BrokerUnderTest broker;
    private final String clientId = "scram" + UUID.randomUUID().toString().substring(0, 8);

    HiveMqScramIT(BrokerUnderTest broker) {
        this.broker = broker;
    }

    private static final class Scram implements Mqtt5EnhancedAuthMechanism {
        private static final String FIRST = "n=conformance,r=fyko+d2lbbFgONRv9qkxdawL";

        private final String password;
        private @Nullable ScramClient half;
        private int verified;

        Scram(String password) {
            this.password = password;
        }

        @Override
        public MqttUtf8String getMethod() {
            return MqttUtf8String.of("SCRAM-SHA-256");
        }

        @Override
        public int getTimeout() {
            return 20;
        }

        private static CompletableFuture<Void> begin(Mqtt5EnhancedAuthBuilder auth) {
            auth.data(("n,," + FIRST).getBytes(UTF_8));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> onAuth(
                Mqtt5ClientConfig client, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder auth) {
            return begin(auth);
        }

        @Override
        public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig client, Mqtt5AuthBuilder auth) {
            return begin(auth);
        }

        @Override
        public CompletableFuture<Boolean> onContinue(Mqtt5ClientConfig client, Mqtt5Auth said, Mqtt5AuthBuilder auth) {
            try {
                ScramClient made = new ScramClient(password, FIRST, text(said.getData()));
                half = made;
                auth.data(made.clientFinal().getBytes(UTF_8));
                return CompletableFuture.completedFuture(true);
            } catch (GeneralSecurityException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig client, Mqtt5ConnAck said) {
            return verify(said.getEnhancedAuth().flatMap(Mqtt5EnhancedAuth::getData));
        }

        @Override
        public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig client, Mqtt5Auth said) {
            return verify(said.getData());
        }

        private CompletableFuture<Boolean> verify(Optional<ByteBuffer> data) {
            try {
                boolean right = half != null && half.serverFinal().equals(text(data));
                verified += right ? 1 : 0;
                return CompletableFuture.completedFuture(right);
            } catch (GeneralSecurityException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private static String text(Optional<ByteBuffer> data) {
            return UTF_8.decode(data.orElseThrow()).toString();
        }

        @Override
        public void onAuthRejected(Mqtt5ClientConfig client, Mqtt5ConnAck said) {
            // The client is told by an exception too.
        }

        @Override
        public void onReAuthRejected(Mqtt5ClientConfig client, Mqtt5Disconnect said) {
            // The client is told by an exception too.
        }

        @Override
        public void onAuthError(Mqtt5ClientConfig client, Throwable cause) {
            // The client is told by an exception too.
        }

        @Override
        public void onReAuthError(Mqtt5ClientConfig client, Throwable cause) {
            // The client is told by an exception too.
        }
    }

    private Mqtt5BlockingClient client(Scram scram) {
        return Mqtt5Client.builder()
                .identifier(clientId)
                .serverHost(broker.host())
                .serverPort(broker.mqttPort())
                .enhancedAuth(scram)
                .buildBlocking();
    }

    @Test
    void aClientAuthenticatesAndDoesSoAgain() {
        Scram scram = new Scram("secret");
        Mqtt5BlockingClient client = client(scram);
        assertThat(client.connect().getReasonCode()).isEqualTo(Mqtt5ConnAckReasonCode.SUCCESS);
        assertThat(scram.verified).isEqualTo(1);
        client.reauth();
        assertThat(scram.verified).isEqualTo(2);
        client.disconnect();
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> client(new Scram("wrong")).connect())
                .isInstanceOfSatisfying(
                        Mqtt5ConnAckException.class,
                        it -> assertThat(it.getMqttMessage().getReasonCode())
                                .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
    }
}
