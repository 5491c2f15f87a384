package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.cluster.ClusterMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SyncMessagesTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString("""
            pekko.actor.serialization-bindings { "dev.skein.node.cluster.ClusterMessage" = jackson-cbor }
            """));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<ClusterMessage> messages() {
        return Stream.of(
                new SyncCommand.Delta(
                        1,
                        -2,
                        3,
                        true,
                        false,
                        List.of(new SyncCommand.Filters("default", List.of("a/+"), List.of("b"))),
                        List.of(4L),
                        List.of(5L)),
                new SyncCommand.DeltaApplied(1, 2, 3),
                new SyncCommand.Audit(1, 2, 3, 4, -5, 6, -7),
                new SyncCommand.Differs(1, 2));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(ClusterMessage message) {
        assertThat(new SerializationTestKit(KIT.system()).verifySerialization(message, true))
                .isEqualTo(message);
    }

    @Test
    void noKindOfMessageIsForgottenHere() {
        Set<Class<?>> tested = messages().map(Object::getClass).collect(Collectors.toSet());
        assertThat(Arrays.asList(SyncCommand.Remote.class.getPermittedSubclasses()))
                .allMatch(tested::contains);
    }
}
