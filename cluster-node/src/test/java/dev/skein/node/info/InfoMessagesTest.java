package dev.skein.node.info;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.edge.mqtt.ClientInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InfoMessagesTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString("""
            pekko.actor.serialization-bindings { "dev.skein.node.cluster.ClusterMessage" = jackson-cbor }
            """));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<ClusterMessage> messages() {
        return Stream.of(
                new InfoQuery.Report(KIT.<NodeReport>createTestProbe().getRef()),
                new InfoQuery.Clients(
                        "default",
                        "a",
                        "",
                        10,
                        KIT.<ClientLines>createTestProbe().getRef()),
                new InfoQuery.Client(
                        "default", "ü|a", KIT.<ClientFound>createTestProbe().getRef()),
                new NodeReport(-1, true, "full", List.of(new NodeReport.Load("default", 1, 2, 3, 4))),
                new ClientLines(List.of(new ClientLines.Line("c", 1, "192.0.2.1:5", 4, true, 0, 2, 3, 4)), "c"),
                new ClientLines(List.of(), null),
                new ClientFound(null),
                new ClientFound(new ClientInfo(
                        "c",
                        "user",
                        null,
                        1,
                        "192.0.2.1:5",
                        "mqtt",
                        4,
                        false,
                        60,
                        -7,
                        Map.of("a/#", 1, "b", 2),
                        3,
                        4,
                        new ClientInfo.Counts(1, 2, 3))));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(ClusterMessage message) {
        assertThat(new SerializationTestKit(KIT.system()).verifySerialization(message, true))
                .isEqualTo(message);
    }

    @Test
    void noKindOfQueryIsForgottenHere() {
        Set<Class<?>> tested = messages().map(Object::getClass).collect(Collectors.toSet());
        assertThat(Arrays.asList(InfoQuery.class.getPermittedSubclasses())).allMatch(tested::contains);
    }
}
