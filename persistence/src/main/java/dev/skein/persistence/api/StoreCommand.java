package dev.skein.persistence.api;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A write to the message store. Commands given by one thread take effect in the order of giving, whole groups of them
 * in one commit.
 */
public sealed interface StoreCommand {
    /**
     * Whether it is still to be written: asked before each attempt and before its commit, but not while it may be
     * committed already. What is not wanted any more is passed over.
     */
    default boolean isWanted() {
        return true;
    }

    /**
     * Adds one message to the queues of persistent sessions, and with it, in the same commit, the mark that makes it be
     * stored once.
     */
    final class Append implements StoreCommand {
        private final String instance;
        private final String topic;
        private final Content content;
        private final Origin origin;
        private final List<Receiver> receivers;
        private final @Nullable OnceMark mark;
        private final AppendListener listener;

        /**
         * Keeps {@code receivers} without a copy.
         *
         * @param receivers may be empty when only {@code mark} is to be kept; each session once
         * @param mark set for a QoS 2 PUBLISH of a persistent session and for a will
         */
        public Append(
                String instance,
                String topic,
                Content content,
                Origin origin,
                List<Receiver> receivers,
                @Nullable OnceMark mark,
                AppendListener listener) {
            this.instance = instance;
            this.topic = topic;
            this.content = content;
            this.origin = origin;
            this.receivers = receivers;
            this.mark = mark;
            this.listener = listener;
        }

        /** Instance id. */
        public String instance() {
            return instance;
        }

        /** Topic name. */
        public String topic() {
            return topic;
        }

        /** What it takes in memory: content and topic. */
        public int bytes() {
            return content.bytes() + topic.length();
        }

        /** What is delivered. */
        public Content content() {
            return content;
        }

        /** Who published it. */
        public Origin origin() {
            return origin;
        }

        /** Each session once. */
        public List<Receiver> receivers() {
            return receivers;
        }

        /** What makes it be stored once, or null. */
        public @Nullable OnceMark mark() {
            return mark;
        }

        /** Told of the outcome. */
        public AppendListener listener() {
            return listener;
        }

        @Override
        public boolean isWanted() {
            return mark == null || listener.isWanted();
        }
    }

    /**
     * A queue that gets the message.
     *
     * @param sessionId {@link StoredSession#id()}
     * @param qos QoS of this delivery, 0..2
     * @param retain RETAIN flag of this delivery [MQTT-3.3.1-8]
     */
    record Receiver(long sessionId, int qos, boolean retain) {
        /** A delivery that is no answer to a new subscription [MQTT-3.3.1-9]. */
        public Receiver(long sessionId, int qos) {
            this(sessionId, qos, false);
        }
    }

    /** Makes a message be stored once, whichever node gives it again. */
    sealed interface OnceMark {}

    /**
     * An inbound QoS 2 packet identifier that is not released yet [MQTT-4.3.3-2].
     *
     * @param sessionId the publisher's session
     * @param packetId 1..65535
     */
    record InboundMark(long sessionId, int packetId) implements OnceMark {}

    /**
     * The will of a connection; {@code node} must have undertaken to publish it ({@link WillStore#claim}), or the
     * message is passed over.
     */
    record WillMark(long connectionId, long node) implements OnceMark {}

    /** The client acknowledged (QoS 1), or got its one push (QoS 0): the message leaves the queue. */
    record Acknowledge(long sessionId, MessageId id) implements StoreCommand {}

    /** A step of a QoS 2 exchange of one connection, which says for how long it is to be written. */
    sealed interface Qos2Step extends StoreCommand {
        /** Told of the commit, on the writing thread. */
        CommitListener listener();

        @Override
        default boolean isWanted() {
            return listener().isWanted();
        }
    }

    /** QoS 2: the PUBLISH is about to be sent under {@code packetId}; it may go out when {@code listener} ran. */
    record Sent(long sessionId, MessageId id, int packetId, CommitListener listener) implements Qos2Step {}

    /**
     * QoS 2: PUBREC came; the message leaves the queue and its packet identifier is kept. PUBREL may go out when
     * {@code listener} ran.
     */
    record Received(long sessionId, MessageId id, int packetId, CommitListener listener) implements Qos2Step {}

    /** QoS 2: PUBCOMP came; the packet identifier is free. */
    record Completed(long sessionId, int packetId, CommitListener listener) implements Qos2Step {}

    /** QoS 2: PUBREL came from the publisher; PUBCOMP may go out when {@code listener} ran. */
    record InboundReleased(long sessionId, int packetId, CommitListener listener) implements Qos2Step {}

    /** Changes nothing; {@code listener} runs when everything that was given before it is committed. */
    record Barrier(long sessionId, CommitListener listener) implements StoreCommand {}

    /** Told on a thread of the store; must not block. */
    interface AppendListener {
        /** The message is committed under {@code id}, greater than that of every earlier append. */
        void committed(MessageId id);

        /**
         * The message was committed before as {@code first}, with the same {@link OnceMark}, for a connection that its
         * publisher had then or by a node that is gone; nothing more is stored.
         */
        void repeated(MessageId first);

        /** The message was refused for good and nothing of it is stored. */
        void failed(StoreUnavailableException cause);

        /**
         * Whether an append with a {@link OnceMark} is still to be stored, see {@link StoreCommand#isWanted}. A
         * publisher that is gone may say the message again by another node, where it would be another one.
         */
        default boolean isWanted() {
            return true;
        }

        /** It was not wanted any more, or is a will that is not its node's: nothing of it is stored. */
        default void passedOver() {}
    }

    /** Told on a thread of the store; must not block. */
    interface CommitListener {
        /** The command is committed. */
        void committed();

        /**
         * See {@link StoreCommand#isWanted}. A record of a connection that is gone must not meet what a later one of
         * the session wrote under the same packet identifier; without it the exchange is taken up from where it stood.
         */
        default boolean isWanted() {
            return true;
        }
    }
}
