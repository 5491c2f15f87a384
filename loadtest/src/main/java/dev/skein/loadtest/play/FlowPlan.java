package dev.skein.loadtest.play;

import dev.skein.loadtest.scenario.Flow;
import dev.skein.loadtest.scenario.Template;
import dev.skein.loadtest.scenario.Template.Names;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A flow at the scale of a run. Its messages belong to streams, each one publisher on one topic, numbered
 * {@code publisher * targets + target}; sequence numbers count in a stream. An answer has stream and sequence number of
 * what it answers.
 */
final class FlowPlan {
    private final Flow flow;
    private final int index;
    private final GroupPlan from;
    private final @Nullable GroupPlan to;
    private final @Nullable FlowPlan asked;
    private final int publishers;
    private final int targets;
    private final Template topic;
    private final String run;
    private final long seed;
    /** Wills: when each publisher's connection was ended, nanoseconds of the run. */
    private final @Nullable AtomicLongArray closedAt;

    FlowPlan(
            Flow flow,
            int index,
            GroupPlan from,
            @Nullable GroupPlan to,
            @Nullable FlowPlan asked,
            Template topic,
            String run,
            long seed) {
        this.flow = flow;
        this.index = index;
        this.from = from;
        this.to = to;
        this.asked = asked;
        this.topic = topic;
        this.run = run;
        this.seed = seed;
        this.publishers = asked == null ? from.count() : asked.publishers;
        this.targets = asked == null ? ownTargets() : asked.targets;
        this.closedAt = flow.will() ? new AtomicLongArray(publishers) : null;
    }

    private int ownTargets() {
        if (to == null) {
            return flow.topics();
        }
        int others = Math.max(1, to == from ? to.count() - 1 : to.count());
        return flow.contacts() == 0 ? others : Math.min(flow.contacts(), others);
    }

    Flow flow() {
        return flow;
    }

    String name() {
        return flow.name();
    }

    int index() {
        return index;
    }

    GroupPlan from() {
        return from;
    }

    @Nullable
    GroupPlan to() {
        return to;
    }

    /** The flow that this one answers. */
    @Nullable
    FlowPlan asked() {
        return asked;
    }

    int publishers() {
        return publishers;
    }

    int targets() {
        return targets;
    }

    long streams() {
        return (long) publishers * targets;
    }

    @Nullable
    AtomicLongArray closedAt() {
        return closedAt;
    }

    /** The group whose clients get P2P messages of this flow; null for other flows. */
    @Nullable
    GroupPlan addressed() {
        if (!flow.p2p()) {
            return null;
        }
        return asked == null ? to : asked.from;
    }

    /** The number of the addressed client. */
    int addressee(int stream) {
        int publisher = stream / targets;
        if (asked != null) {
            return publisher;
        }
        if (to == null) {
            return 0;
        }
        int target = stream % targets;
        int chosen = flow.contacts() == 0
                ? target
                : Hash.below(Hash.of(seed, index, publisher, target), Math.max(1, to.count() - (to == from ? 1 : 0)));
        // nobody writes to himself
        return to == from && to.count() > 1 ? (publisher + 1 + chosen) % to.count() : chosen % to.count();
    }

    static String p2pTopic(String parent, String client) {
        return parent + "/p2p/" + client;
    }

    String topic(int stream) {
        int publisher = stream / targets;
        GroupPlan addressed = asked == null ? to : asked.from;
        int toN = addressee(stream);
        String toClient = addressed == null ? "" : addressed.clientId(toN);
        String client = asked == null ? from.clientId(publisher) : "";
        String text = topic.fill(new Names(run, publisher, client, toN, toClient, stream % targets));
        return flow.p2p() ? p2pTopic(text, toClient) : text;
    }
}
