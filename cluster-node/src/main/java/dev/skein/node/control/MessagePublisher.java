package dev.skein.node.control;

import dev.skein.protocol.message.MessageId;
import java.util.concurrent.CompletionStage;

/** Publishes on behalf of the control API. Called on any thread; must not block it. */
public interface MessagePublisher {
    /**
     * Publishes one message as a client of the instance would, without a client's permission checks.
     *
     * @param instance an instance that exists
     * @return completes when the message is stored for every persistent session that matches and accepted for every
     *     live one; fails with {@link ControlException} of {@link ErrorCode#PUBLISH_REFUSED} when a rule of the
     *     instance refuses it, and of {@link ErrorCode#UNAVAILABLE} when it cannot be stored now
     */
    CompletionStage<MessageId> publish(String instance, NewMessage message);
}
