package dev.skein.node.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboundFlowTest {
    private static final int WINDOW = 2;
    private static final int QUEUE = 3;
    private static final int QUEUE_BYTES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Output out = new Output();
    private final OutboundFlow flow =
            new OutboundFlow(new FlowSettings(WINDOW, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, false);

    /** Writes down what the flow does. */
    private static final class Output implements FlowOutput {
        private final List<String> done = new ArrayList<>();
        private boolean writable = true;
        private boolean publishersWait;
        private boolean holds;

        @Override
        public void publish(Message message, int qos, int packetId, boolean dup, boolean retain) {
            done.add("publish " + text(message) + " qos" + qos + " id" + packetId + (retain ? " retain" : ""));
        }

        private static String text(Message message) {
            return new String(message.payload(), UTF_8);
        }

        @Override
        public void pubRel(int packetId) {
            done.add("pubrel " + packetId);
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public boolean holds(Message message) {
            return holds;
        }

        @Override
        public boolean publishersWait() {
            return publishersWait;
        }

        @Override
        public void dropped(Message message) {
            done.add("dropped " + text(message));
        }

        @Override
        public void queueFull() {
            done.add("queue full");
        }

        @Override
        public void acknowledge(MessageId id) {
            done.add("acknowledge " + id.sequence());
        }

        @Override
        public void sent(MessageId id, int packetId) {
            done.add("sent " + packetId);
        }

        @Override
        public void received(MessageId id, int packetId) {
            done.add("received " + packetId);
        }

        @Override
        public void completed(int packetId) {
            done.add("completed " + packetId);
        }

        @Override
        public void page(QueueCursor after) {
            done.add("page");
        }
    }

    @Test // [MQTT-4.4.0-1], [MQTT-4.6.0-6]
    void windowIsFilledInOrderAndNoFurther() {
        for (String text : List.of("a", "b", "c", "d")) {
            flow.deliver(message(text), 1, false);
        }
        assertThat(out.done).containsExactly("publish a qos1 id1", "publish b qos1 id2");

        out.done.clear();
        flow.onPubAck(2);
        flow.onPubAck(1);
        flow.onPubAck(1);

        assertThat(out.done).containsExactly("publish c qos1 id3", "publish d qos1 id4");
    }

    @Test
    void whatNeedsNoAcknowledgementDoesNotWaitForAny() {
        flow.deliver(message("a"), 1, false);
        flow.deliver(message("b"), 1, false);
        flow.deliver(message("c"), 1, false);
        flow.deliver(message("d"), 0, true);
        assertThat(out.done).endsWith("publish d qos0 id0 retain").doesNotContain("publish c qos1 id3");

        flow.onPubAck(1);

        assertThat(out.done).endsWith("publish c qos1 id3");
    }

    @Test // [MQTT-4.6.0-6]
    void whatWaitsForTheSocketLeavesInTheOrderOfItsArrival() {
        out.writable = false;
        flow.deliver(unacknowledged("a"), 0, false);
        flow.deliver(message("b"), 2, false);
        flow.deliver(message("c"), 0, false);
        out.writable = true;
        flow.drain();

        assertThat(out.done).containsExactly("publish a qos0 id0", "publish b qos2 id1", "publish c qos0 id0");
    }

    @Test
    void fullQueueDropsItsOldestAndCountsIt() {
        out.writable = false;
        for (String text : List.of("a", "b", "c", "d", "123456789")) {
            flow.deliver(message(text), 0, false);
        }
        // The fourth was one too many; the fifth, with its topic, took too many bytes.
        assertThat(out.done).containsExactly("dropped a", "dropped b");
        assertThat(flow.queued()).isEqualTo(QUEUE);
    }

    @Test
    void messageLargerThanTheQueueIsKept() {
        out.writable = false;
        flow.deliver(message("a"), 1, false);
        flow.deliver(message("b".repeat(QUEUE_BYTES + 1)), 1, false);

        assertThat(out.done).containsExactly("dropped a");
        assertThat(flow.queued()).isEqualTo(1);
    }

    @Test
    void nothingAcknowledgedIsDroppedWhilePublishersWait() {
        out.writable = false;
        out.publishersWait = true;
        for (String text : List.of("a", "b", "c", "d", "e", "b".repeat(QUEUE_BYTES))) {
            flow.deliver(message(text), text.equals("b") ? 0 : 1, false);
        }
        assertThat(out.done).isEmpty();
        assertThat(flow.accepted()).isEqualTo(6);

        out.publishersWait = false;
        flow.deliver(message("f"), 1, false);

        assertThat(flow.accepted()).isEqualTo(1);
    }

    @Test
    void whatIsKeptWhilePublishersWaitIsBoundedToo() {
        out.writable = false;
        out.publishersWait = true;
        byte[] large = new byte[1024 * 1024];
        int fits = (int) (FlowSettings.UNDER_WAY_BYTES / large.length);
        for (int i = 0; i < fits + 5; i++) {
            flow.deliver(AnyMessage.of("i", TopicName.of("t"), large, 1, false), 1, false);
        }

        assertThat(flow.accepted()).isBetween(fits - 1, fits);
    }

    @Test
    void messagesOfQos0AreDroppedBeforeWhatWasAcknowledged() {
        out.writable = false;
        flow.deliver(message("a"), 1, false);
        for (String text : List.of("b", "c", "d", "e")) {
            flow.deliver(unacknowledged(text), 0, false);
        }
        assertThat(out.done).containsExactly("dropped b", "dropped c");
        assertThat(flow.accepted()).isEqualTo(1);
    }

    @Test
    void fullQueueEndsTheConnectionWhereTheSettingSaysSo() {
        OutboundFlow strict =
                new OutboundFlow(new FlowSettings(WINDOW, 1, 1, QUEUE_BYTES, false, PATIENCE), out, false);
        out.writable = false;
        strict.deliver(message("a"), 0, false);
        strict.deliver(message("b"), 0, false);

        assertThat(out.done).containsExactly("queue full");
    }

    @Test
    void slowSocketIsWaitedFor() {
        out.writable = false;
        flow.deliver(message("a"), 0, false);
        assertThat(out.done).isEmpty();

        out.writable = true;
        flow.drain();

        assertThat(out.done).containsExactly("publish a qos0 id0");
    }

    @Test // [MQTT-4.3.3-1]
    void pubRecIsAnsweredByPubRelAlsoWhenItsMessageIsNotKnown() {
        flow.deliver(message("a"), 2, false);
        flow.onPubRec(1);
        flow.onPubRec(1);
        flow.onPubRec(77);
        flow.onPubComp(1);
        flow.onPubComp(1);

        assertThat(out.done).containsExactly("publish a qos2 id1", "pubrel 1", "pubrel 1", "pubrel 77");
        assertThat(flow.inflight()).isZero();
    }

    @Test // [MQTT-4.8.0-1]
    void acknowledgementOfTheWrongKindIsToldApart() {
        flow.deliver(message("a"), 1, false);
        flow.deliver(message("b"), 2, false);
        assertThat(flow.onPubRec(1)).isFalse();
        assertThat(flow.onPubComp(1)).isFalse();
        assertThat(flow.onPubAck(2)).isFalse();
        assertThat(flow.onPubComp(2)).isFalse();
        assertThat(out.done).hasSize(2);
        assertThat(flow.inflight()).isEqualTo(2);

        assertThat(flow.onPubRec(2)).isTrue();
        assertThat(flow.onPubAck(2)).isFalse();
        assertThat(flow.onPubRec(2)).isTrue(); // the PUBREL may have been lost
        assertThat(flow.onPubComp(2)).isTrue();
    }

    @Test // [MQTT-4.8.0-1]
    void acknowledgementOfAPacketIdentifierThatIsNotInUseIsPassedOver() {
        assertThat(flow.onPubAck(7)).isTrue();
        assertThat(flow.onPubRec(7)).isTrue();
        assertThat(flow.onPubComp(7)).isTrue();
    }

    /** Its identifier was given to a QoS 1 message of the session that is still to be sent again. */
    @Test // [MQTT-4.8.0-1], [MQTT-4.4.0-1]
    void acknowledgementOfWhatAnEarlierConnectionHasSentIsPassedOver() {
        OutboundFlow resumed =
                new OutboundFlow(new FlowSettings(WINDOW, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.resume(new FlowState(List.of(2), List.of(1)), _ -> message("stored"));
        assertThat(resumed.onPubAck(1)).isTrue();
        assertThat(resumed.onPubComp(1)).isTrue();
        assertThat(resumed.onPubRec(1)).isTrue();
        assertThat(resumed.onPubRec(2)).isTrue();
        assertThat(resumed.onPubAck(2)).isFalse();
        assertThat(resumed.onPubComp(2)).isTrue();

        resumed.onPage(new QueuePage(List.of(queued(10, 2, 0, "a")), false));
        assertThat(out.done).endsWith("sent 3");
        assertThat(resumed.onPubAck(3)).isTrue(); // not sent yet: it answers something else
        assertThat(resumed.onPubComp(3)).isTrue();
        resumed.sentCommitted(3);
        resumed.onPubRec(3);
        assertThat(resumed.onPubRec(3)).isTrue(); // sent twice while its record is being written
        assertThat(resumed.onPubComp(3)).isFalse();
    }

    @Test // [MQTT-2.3.1-4], [MQTT-4.4.0-1]
    void newMessageWaitsUntilTheIdentifiersOfTheSessionAreKnown() {
        OutboundFlow resumed =
                new OutboundFlow(new FlowSettings(WINDOW, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.deliver(message("a"), 2, false);
        assertThat(out.done).isEmpty();

        resumed.resume(new FlowState(List.of(1), List.of()), _ -> message("stored"));
        assertThat(out.done).containsExactly("pubrel 1", "page");
        out.done.clear();

        resumed.onPage(new QueuePage(List.of(), false));

        assertThat(out.done).containsExactly("publish a qos2 id2");
    }

    /** Two writers whose clocks differ: what was sent before comes behind what was not. */
    @Test // [MQTT-2.3.1-4], [MQTT-4.4.0-1]
    void aMessageThatSortsFirstTakesNoIdentifierOfOneThatWasSentBefore() {
        OutboundFlow resumed =
                new OutboundFlow(new FlowSettings(WINDOW, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.resume(new FlowState(List.of(), List.of(1)), stored -> message(new String(stored.payload(), UTF_8)));
        resumed.onPage(new QueuePage(List.of(queued(10, 2, 0, "behind"), queued(11, 1, 1, "sent")), false));
        resumed.sentCommitted(2);

        assertThat(out.done).containsSubsequence("sent 2", "publish sent qos2 id1", "publish behind qos2 id2");
        assertThat(out.done).doesNotContain("sent 1");
    }

    @Test
    void whatTheClientMayNotReadAnyMoreLeavesTheQueueAndFreesItsIdentifier() {
        OutboundFlow resumed = new OutboundFlow(new FlowSettings(9, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.resume(new FlowState(List.of(), List.of(1, 2)), stored -> {
            String text = new String(stored.payload(), UTF_8);
            return text.startsWith("secret") ? null : message(text);
        });
        resumed.onPage(new QueuePage(
                List.of(
                        queued(10, 1, 1, "secret sent"),
                        queued(11, 2, 2, "secret sent"),
                        queued(12, 1, 0, "a"),
                        queued(13, 1, 0, "secret")),
                false));

        assertThat(out.done).containsExactly("page", "acknowledge 10", "acknowledge 11", "acknowledge 13", "sent 3");
        resumed.sentCommitted(3);
        assertThat(out.done).endsWith("publish a qos2 id3");
        assertThat(resumed.isCaughtUp()).isTrue();
        resumed.onPubRec(2); // of the connection before: what it answers is gone, and the client is done with it
        assertThat(out.done).endsWith("pubrel 2");
    }

    @Test // [MQTT-4.3.3-1]
    void pubRecOfAMessageThatIsStillToBeSentAgainIsNotAnswered() {
        OutboundFlow resumed = new OutboundFlow(new FlowSettings(1, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.resume(new FlowState(List.of(), List.of(1)), stored -> message(new String(stored.payload(), UTF_8)));
        resumed.onPage(
                new QueuePage(List.of(queued(10, 2, 0, "a"), queued(11, 2, 0, "b"), queued(12, 1, 1, "c")), false));
        resumed.onPubRec(1);

        assertThat(out.done).doesNotContain("pubrel 1");
    }

    /** A retained message that is given to the store while the flow reads there: what is held may not go before it. */
    @Test // [MQTT-3.3.1-6]
    void aRetainedMessageIsReachedWithThePageThatBringsItNotWithItsPush() {
        OutboundFlow resumed = new OutboundFlow(new FlowSettings(9, 1, QUEUE, QUEUE_BYTES, true, PATIENCE), out, true);
        resumed.resume(new FlowState(List.of(), List.of()), stored -> message(new String(stored.payload(), UTF_8), 1));
        out.holds = true;
        MessageId retained = new MessageId(11, 1);
        resumed.push(retained, message("r", 1), 1, true);
        assertThat(resumed.hasReached(retained)).isFalse();

        resumed.onPage(new QueuePage(List.of(queuedOnce(10, "live", false)), false));
        assertThat(resumed.hasReached(retained)).isFalse();
        resumed.onPage(new QueuePage(List.of(queuedOnce(11, "r", true), queuedOnce(12, "later", false)), false));
        assertThat(resumed.hasReached(retained)).isTrue();
        resumed.release();

        assertThat(out.done.stream().filter(each -> each.startsWith("publish")))
                .containsExactly("publish r qos1 id1 retain", "publish live qos1 id2", "publish later qos1 id3");
    }

    private static QueuedMessage queuedOnce(long sequence, String text, boolean retain) {
        Content content = Content.of(text.getBytes(UTF_8));
        return new QueuedMessage(new MessageId(sequence, 1), "t", content, 1, retain, 0, Origin.UNKNOWN);
    }

    private static Message message(String text, int qos) {
        return AnyMessage.of("i", TopicName.of("t"), text.getBytes(UTF_8), qos, false);
    }

    private static QueuedMessage queued(long sequence, long writer, int sentPacketId, String text) {
        Content content = Content.of(text.getBytes(UTF_8));
        return new QueuedMessage(new MessageId(sequence, writer), "t", content, 2, false, sentPacketId, Origin.UNKNOWN);
    }

    private static Message unacknowledged(String text) {
        return AnyMessage.of("i", TopicName.of("t"), text.getBytes(UTF_8), 0, false);
    }

    private static Message message(String text) {
        byte[] payload = text.getBytes(UTF_8);
        return AnyMessage.of("i", TopicName.of("t"), payload, 2, false);
    }
}
