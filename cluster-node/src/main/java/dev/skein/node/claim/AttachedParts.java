package dev.skein.node.claim;

import dev.skein.node.session.actor.ConnectionEvent.Attached;
import dev.skein.node.session.actor.ConnectionEvent.AttachedPart;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts an answer together that comes in parts. They come in their order, and each may be lost: then the answer is never
 * whole, and the next one, to a claim that is sent again, begins with a part of number 0. Holds as much as the session
 * has. Confined to the connection's event loop.
 */
final class AttachedParts {
    private final List<Subscription> subscriptions = new ArrayList<>();
    private long node;
    private long answer;
    private int next;

    /** The whole answer when {@code part} is the last of those that it has, or null. */
    @Nullable
    Attached add(AttachedPart part) {
        Attached attached = part.attached();
        if (part.number() == 0) {
            node = attached.node();
            answer = part.answer();
            next = 0;
            subscriptions.clear();
        } else if (attached.node() != node || part.answer() != answer || part.number() != next) {
            return null; // one before it was lost, or another answer has begun since
        }
        StoredSession session = Objects.requireNonNull(attached.session());
        subscriptions.addAll(session.subscriptions());
        next++;
        if (next < part.parts()) {
            return null;
        }
        StoredSession whole = session.with(List.copyOf(subscriptions));
        return new Attached(attached.connectionId(), attached.present(), whole, attached.node());
    }
}
