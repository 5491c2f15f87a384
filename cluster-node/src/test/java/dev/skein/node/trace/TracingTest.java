package dev.skein.node.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.MessageObserver;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.persistence.trace.TraceQuery;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TracingTest {
    private static final long NODE = 77;
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 5);

    @TempDir
    Path directory;

    private TracingSettings settings(String text) {
        Config skein = ConfigFactory.parseString(text)
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve()
                .getConfig("skein");
        return TracingSettings.from(skein, directory);
    }

    private Tracing start(String text) {
        return Tracing.start(settings(text), NODE, InstantSource.system());
    }

    private static Message message(String publisher, String topic, long number) {
        return new Message(
                "default",
                TopicName.of(topic),
                Content.of("body".getBytes(UTF_8)),
                1,
                false,
                Origin.client(Origin.MQTT, publisher),
                new MessageId((1_764_500_000_000L << 16) | number, 3));
    }

    private static MessageObserver.Receiver receiver(String clientId) {
        return () -> clientId;
    }

    private static MessageObserver observer(Tracing tracing) {
        return Objects.requireNonNull(tracing.source().topic("default", "a"));
    }

    /** What is found of a client once all is written: the tracing has ended then. */
    private List<TraceFound.Line> endAndFind(Tracing tracing, String clientId) throws Exception {
        tracing.end();
        Tracing again = start("");
        try {
            TraceQuery query =
                    new TraceQuery("default", clientId, List.of(), Set.of(), 0, Long.MAX_VALUE / 2, null, 1000, false);
            return again.find(query)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .lines();
        } finally {
            again.end();
        }
    }

    @ParameterizedTest
    @EnumSource(DropReason.class)
    void everyReasonOfADropIsFoundOfItsReceiver(DropReason why) throws Exception {
        Tracing tracing = start("skein.instances.default.trace.mode = all");
        observer(tracing).dropped(message("from", "a/b", 1), why, receiver("to"));
        assertThat(endAndFind(tracing, "to")).singleElement().satisfies(line -> {
            assertThat(line.detail()).isEqualTo(why.label());
            assertThat(TraceStep.of(line.place().step()))
                    .isEqualTo(why == DropReason.EXPIRED ? TraceStep.EXPIRED : TraceStep.DROPPED);
            assertThat(line.topic()).isEqualTo("a/b");
        });
    }

    @Test
    void whatWaitedForAConnectionThatEndedIsFoundOfItsReceiver() throws Exception {
        Tracing tracing = start("skein.instances.default.trace.mode = all");
        observer(tracing).givenUp(message("from", "a/b", 1), receiver("to"));
        assertThat(endAndFind(tracing, "to"))
                .singleElement()
                .satisfies(line -> assertThat(line.detail()).isEqualTo("closed"));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonOfACloseIsFound(Reason reason) throws Exception {
        Tracing tracing = start("skein.instances.default.trace.mode = all");
        PresenceObserver presence = Objects.requireNonNull(tracing.source().presence("mqtt"));
        presence.detached(new PresenceObserver.Client("default", "c", "mqtt", 9, null, ADDRESS), reason, "so it is");
        presence.refused(new PresenceObserver.Attempt("default", "r", ADDRESS), reason, "so it is");
        presence.refused(new PresenceObserver.Attempt("default", "", ADDRESS), reason, "nobody");
        assertThat(endAndFind(tracing, "c")).singleElement().satisfies(line -> {
            assertThat(line.detail()).isEqualTo(reason.text() + ": so it is");
            assertThat(line.address()).isEqualTo("192.0.2.1:5");
            assertThat(line.channel()).isEqualTo("%016x%016x".formatted(NODE, 9));
        });
        assertThat(endAndFind(start(""), "r")).hasSize(1);
    }

    @Test
    void whatIsOffIsAskedForNothing() {
        Tracing tracing = start("");
        assertThat(tracing.source().topic("default", "a")).isNull();
        assertThat(tracing.source().presence("mqtt")).isNull();
        assertThat(tracing.source().rule("default", "r")).isNull();
        assertThat(directory.resolve("trace")).doesNotExist();
        tracing.end();
    }

    @Test
    void aSampleIsAShareOfTheClients() {
        Tracing tracing = start("skein.instances.default.trace { mode = sampled, sample = 10 }");
        MessageObserver observer = observer(tracing);
        int chosen = 0;
        for (int i = 0; i < 10_000; i++) {
            chosen += observer.delivered(message("x", "a/b", i), 1, false, receiver("device-" + i)) ? 1 : 0;
        }
        assertThat(chosen).isBetween(800, 1200);
        tracing.end();
        assertThat(tracing.written() + tracing.dropped()).isGreaterThanOrEqualTo(chosen);
    }

    @Test
    void patternsOfClientIdsStandForAnyCharacters() {
        Tracing tracing =
                start("skein.instances.default.trace { mode = clients, clients = [\"a*b*c\", \"one\", \"*z\"] }");
        MessageObserver observer = observer(tracing);
        for (String yes : List.of("abc", "a-b-c", "one", "z", "xz", "abbcc")) {
            assertThat(observer.delivered(message("x", "a/b", 1), 1, false, receiver(yes)))
                    .isTrue();
        }
        for (String no : List.of("ab", "ac", "ones", "zx", "", "acb")) {
            assertThat(observer.delivered(message("x", "a/b", 1), 1, false, receiver(no)))
                    .isFalse();
        }
        tracing.end();
    }

    @Test
    void whatIsForAClientAloneIsRecordedOfThatClientToo() throws Exception {
        Tracing tracing = start("skein.instances.default.trace { mode = clients, clients = [to] }");
        Message addressed = message("from", "a/p2p/to", 1);
        observer(tracing).received(addressed);
        observer(tracing).received(message("from", "a/b", 2));
        assertThat(endAndFind(tracing, "from"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line.message()).isEqualTo(addressed.id().toString()));
    }

    @Test
    void whatFindsNoRoomIsDroppedAndCounted() {
        Tracing tracing = start("skein { trace.buffer = 1MiB, instances.default.trace.mode = all }");
        MessageObserver observer = observer(tracing);
        Message wide = message("from", "a/" + "x".repeat(1000), 1);
        int told = 200_000;
        for (int i = 0; i < told; i++) {
            observer.received(wide);
        }
        tracing.end();
        assertThat(tracing.written() + tracing.dropped()).isEqualTo(told);
        assertThat(tracing.written()).isPositive();
    }

    @Test
    void whatIsBeyondTheRateIsDroppedAndCounted() {
        Tracing tracing = start("skein { trace.max-rate = 1000, instances.default.trace.mode = all }");
        MessageObserver observer = observer(tracing);
        Message message = message("from", "a/b", 1);
        int told = 100_000;
        for (int i = 0; i < told; i++) {
            observer.received(message);
        }
        tracing.end();
        assertThat(tracing.written() + tracing.dropped()).isEqualTo(told);
        assertThat(tracing.written()).isBetween(1000L, told / 2L);
    }

    @Test
    void nothingIsWrittenWhileTheDiskIsForMessagesAlone() {
        Tracing tracing = start("skein.instances.default.trace.mode = all");
        tracing.holdBack(() -> true);
        observer(tracing).received(message("from", "a/b", 1));
        tracing.end();
        assertThat(tracing.written()).isZero();
        assertThat(tracing.dropped()).isEqualTo(1);
    }

    @Test
    void settingsThatAreWrongNameTheirKeys() {
        assertThatThrownBy(() -> settings("skein.trace.max-rate = 1")).hasMessageStartingWith("skein.trace.max-rate: ");
        assertThatThrownBy(() -> settings("skein.trace.max-bytes = 1MiB"))
                .hasMessageStartingWith("skein.trace.max-bytes: ");
        assertThatThrownBy(() -> settings("skein.trace.max-age = 1s")).hasMessageStartingWith("skein.trace.max-age: ");
        assertThatThrownBy(() -> settings("skein.trace.buffer = 1B")).hasMessageStartingWith("skein.trace.buffer: ");
        assertThatThrownBy(() -> settings("skein.instances.default.trace.mode = some"))
                .hasMessage("skein.instances.default.trace.mode: some (expected: off, clients, sampled, all)");
        assertThatThrownBy(() -> settings("skein.instances.default.trace.mode = clients"))
                .hasMessageContaining("trace.clients: none (expected: patterns of client IDs");
        assertThatThrownBy(() -> settings("skein.instances.default.trace.sample = 0"))
                .hasMessageContaining("skein.instances.default.trace.sample: 0");
    }

    @Test
    void aDirectoryOfAnotherNodeIsRefusedWhereItIsNeeded() throws Exception {
        Tracing first = start("skein.instances.default.trace.mode = all");
        assertThatThrownBy(() -> start("skein.instances.default.trace.mode = all"))
                .hasMessageStartingWith("skein.trace.directory: ")
                .hasMessageContaining("in use by another process");
        Tracing second = start("");
        assertThat(second.bytes()).isZero();
        second.end();
        first.end();
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(
                        () -> start("skein { trace.directory = \"" + file + "\", instances.default.trace.mode = all }"))
                .hasMessageStartingWith("skein.trace.directory: ");
    }
}
