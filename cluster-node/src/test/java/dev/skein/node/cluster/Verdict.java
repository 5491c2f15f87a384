package dev.skein.node.cluster;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is wrong with a chronicle, and its figures. */
final class Verdict {
    private static final int SHOWN_OF_EACH = 15;

    private final List<Violation> violations = new ArrayList<>();
    private final List<Integer> repeats = new ArrayList<>();
    private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);

    /** The promises. */
    enum Rule {
        /** Acknowledged, and never delivered to a persistent session that had subscribed. */
        LOST,
        /** Acknowledged, and never delivered to a clean session that stayed connected. */
        LOST_LIVE,
        /** As {@link #LOST_LIVE}, when nothing has come on that subscription since its SUBACK. */
        SUBACK_UNTRUE,
        /** Delivered twice at QoS 2. */
        TWICE_AT_QOS_2,
        /** Delivered twice at QoS 1 in one connection without DUP, though published once. */
        TWICE_AT_QOS_1,
        /** Delivered after what its publisher has sent later in the same connection, on the same topic and QoS. */
        ORDER,
        /** Delivered, though published after UNSUBACK. */
        AFTER_UNSUBACK,
        /** Delivered without a subscription. */
        NOT_SUBSCRIBED,
        /** Delivered at a QoS that no subscription asks for. */
        WRONG_QOS,
        /** SUBACK with a failure code. */
        REFUSED,
        /** Two connections of one client ID, both alive. */
        TWO_LIVE,
        /** Not published, though its connection ended without DISCONNECT. */
        WILL_LOST,
        /** Published more than once. */
        WILL_TWICE,
        /** Published, though its connection ended with DISCONNECT, or has not ended. */
        WILL_UNASKED,
        /** Delivered, though the next connection of its client had its CONNACK before it was published. */
        WILL_LATE,
        /** A delayed will that came before its delay had passed. */
        WILL_EARLY,
        /** Acknowledged, and no member of the shared subscription ever got it. */
        SHARED_LOST,
        /** Two members of a shared subscription got it, and the first one did not leave. */
        SHARED_TWICE,
        /** Delivered though it had expired. */
        EXPIRED,
        /** A persistent session was there, and is not any more. */
        SESSION_GONE,
        /** A fresh subscription got an older retained message than the last one acknowledged before. */
        RETAINED_OLD,
        /** As {@link #RETAINED_OLD}, and the last one acknowledged has taken it away. */
        RETAINED_CLEARED,
        /** A fresh subscription got no retained message, though one was acknowledged before. */
        RETAINED_MISSING,
        /** A retained message came after a live one of its topic that is as new or newer. */
        RETAINED_AFTER_LIVE,
        /** Live, after a retained one of its topic that is newer. */
        LIVE_BEHIND_RETAINED,
        /** What a subscription was shown last is older than what was acknowledged before it ended. */
        LAST_VALUE_OLD,
        /** At the end, two nodes have something different retained. */
        RETAINED_DIFFERS,
        /** Came, and was never sent. */
        STRANGE
    }

    /**
     * One broken promise.
     *
     * @param at place in the chronicle
     */
    record Violation(Rule rule, int at, String text) {
        @Override
        public String toString() {
            return rule + " at " + at + ": " + text;
        }
    }

    void add(Rule rule, int at, String text) {
        counts.merge(rule, 1, Integer::sum);
        violations.add(new Violation(rule, at, text));
    }

    /** A delivery at QoS 1 of what the session had before. */
    void repeat(int at) {
        repeats.add(at);
    }

    /** All of them. */
    List<Violation> all() {
        return violations;
    }

    /** Places of deliveries at QoS 1 of what the session had before. */
    List<Integer> repeats() {
        return repeats;
    }

    int count(Rule rule) {
        return counts.getOrDefault(rule, 0);
    }

    /** Something that may still come. */
    int missing() {
        return count(Rule.LOST)
                + count(Rule.LOST_LIVE)
                + count(Rule.SUBACK_UNTRUE)
                + count(Rule.WILL_LOST)
                + count(Rule.SHARED_LOST);
    }

    /** Acknowledged messages that did not arrive where they had to, counted for each session. */
    static boolean isLoss(Rule rule) {
        return rule == Rule.LOST || rule == Rule.LOST_LIVE || rule == Rule.SUBACK_UNTRUE || rule == Rule.SHARED_LOST;
    }

    /** How often each promise was broken, in words. */
    String summary() {
        return counts.isEmpty() ? "no violation" : counts.toString();
    }

    /** The first ones of each rule, in words. */
    List<String> shown() {
        Map<Rule, Integer> shown = new EnumMap<>(Rule.class);
        List<String> texts = new ArrayList<>();
        for (Violation each : violations) {
            if (shown.merge(each.rule(), 1, Integer::sum) <= SHOWN_OF_EACH) {
                texts.add(each.toString());
            }
        }
        return texts;
    }
}
