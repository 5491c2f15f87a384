package dev.skein.loadtest.play;

import dev.skein.loadtest.scenario.Flow;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What one publisher knows of one flow. Belongs to its event loop. */
final class Sender {
    private final FlowPlan plan;
    private final int publisher;
    /** Messages so far of each stream; empty for answers. */
    private final int[] sent;

    private final Map<Integer, byte[]> topics = new HashMap<>(2);
    private long random;
    private int turn;
    private long left;
    private int underWay;
    private boolean active;

    Sender(FlowPlan plan, int publisher, long seed) {
        this.plan = plan;
        this.publisher = publisher;
        this.sent = new int[plan.asked() == null ? plan.targets() : 0];
        this.random = Hash.of(seed, plan.index(), publisher, -1);
        this.turn = Math.floorMod(publisher, plan.targets());
        this.left = plan.flow().count() == 0 ? Long.MAX_VALUE : plan.flow().count();
    }

    FlowPlan plan() {
        return plan;
    }

    Flow flow() {
        return plan.flow();
    }

    int publisher() {
        return publisher;
    }

    /** Messages so far of each of its streams. */
    int[] sent() {
        return sent;
    }

    void active(boolean on) {
        active = on;
    }

    boolean active() {
        return active;
    }

    /** The stream of the next message; counts it as begun. */
    int nextStream() {
        left--;
        int target = turn;
        if (plan.targets() == 1) {
            target = 0;
        } else if (plan.flow().random()) {
            random = Hash.next(random);
            target = Hash.below(Hash.mix(random), plan.targets());
        } else {
            turn = turn + 1 == plan.targets() ? 0 : turn + 1;
        }
        return publisher * plan.targets() + target;
    }

    /** Whether there is anything left to send of its own accord. */
    boolean hasMore() {
        return left > 0;
    }

    int nextSequence(int stream) {
        int target = stream - publisher * plan.targets();
        int sequence = sent[target];
        sent[target]++;
        return sequence;
    }

    byte[] topic(int stream) {
        return topics.computeIfAbsent(stream, missing -> plan.topic(missing).getBytes(StandardCharsets.UTF_8));
    }

    void begun() {
        underWay++;
    }

    void ended() {
        underWay--;
    }

    /** Sent at QoS 1 or 2 and not acknowledged. */
    int underWay() {
        return underWay;
    }

    /** Whether a closed loop may send one more. */
    boolean windowOpen() {
        return active && left > 0 && underWay < plan.flow().window();
    }

    /** Whether a flow with a count has sent it, and has it acknowledged. */
    boolean done() {
        return plan.flow().count() == 0 || (left == 0 && underWay == 0);
    }
}
