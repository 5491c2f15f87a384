package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another node can make of bytes on this one: messages of the cluster, and nothing else. */
class SerializationTest {
    private static final int JAVA = 1;
    private static final int JACKSON_CBOR = 33;

    private final Config config = ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(ConfigFactory.parseResources("skein-pekko.conf"))
            .withFallback(ConfigFactory.defaultReferenceUnresolved())
            .resolve();
    private final ActorSystem system = ActorSystem.create("serialization", config);
    private final Serialization serialization = SerializationExtension.get(system);

    @AfterEach
    void end() {
        system.terminate();
    }

    @Test
    void javaSerializationIsOffInBothDirections() throws Exception {
        assertThat(system.settings().AllowJavaSerialization()).isFalse();
        assertThatThrownBy(() ->
                        serialization.serialize(new ArrayList<>(List.of("a"))).get())
                .hasMessageContaining("Java");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new ArrayList<>(List.of("a")));
        }
        assertThatThrownBy(() ->
                        serialization.deserialize(bytes.toByteArray(), JAVA, "").get())
                .hasMessageContaining("Java");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.util.ArrayList",
                "java.io.File",
                "javax.naming.InitialContext",
                "com.zaxxer.hikari.HikariConfig",
                "dev.skein.node.link.Frame",
                "dev.skein.node.config.NodeConfig",
                "no.such.Class"
            })
    void otherClassesThanMessagesOfTheClusterAreNotMade(String name) {
        byte[] anything = {(byte) 0xA0};
        assertThatThrownBy(() ->
                        serialization.deserialize(anything, JACKSON_CBOR, name).get())
                .isInstanceOf(Exception.class);
    }

    @Test
    void messageOfTheClusterIsMade() {
        StillMember.Question question = new StillMember.Question(1, 2, 3);
        Serializer serializer = serialization.findSerializerFor(question);
        assertThat(serializer.identifier()).isEqualTo(JACKSON_CBOR);
        byte[] bytes = serialization.serialize(question).get();
        assertThat(serialization
                        .deserialize(bytes, JACKSON_CBOR, StillMember.Question.class.getName())
                        .get())
                .isEqualTo(question);
    }

    @Test
    void messageOfGarbageIsAnErrorAndNothingElse() {
        byte[] garbage = {1, 2, 3, (byte) 0xFF};
        assertThatThrownBy(() -> serialization
                        .deserialize(garbage, JACKSON_CBOR, StillMember.Question.class.getName())
                        .get())
                .isInstanceOf(Exception.class);
    }

    @Test
    void nobodyStartsActorsOnAnotherNode() {
        assertThat(config.getBoolean("pekko.remote.deployment.enable-allow-list"))
                .isTrue();
        assertThat(config.getStringList("pekko.remote.deployment.allowed-actor-classes"))
                .isEmpty();
    }
}
