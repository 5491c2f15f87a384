package dev.skein.node.delivery;

import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;

/** A tally that notes how it was settled. */
final class NotedTally extends PublishTally {
    private final List<Boolean> outcomes = new ArrayList<>();
    private final List<MessageId> identities = new ArrayList<>();

    /** One for each time that it was settled. */
    List<Boolean> outcomes() {
        return outcomes;
    }

    /** Under which the store has the message. */
    List<MessageId> identities() {
        return identities;
    }

    @Override
    protected void identified(MessageId id) {
        identities.add(id);
    }

    @Override
    protected void settled(boolean ok) {
        outcomes.add(ok);
    }
}
