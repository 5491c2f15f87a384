package dev.skein.node.route;

import dev.skein.node.route.Quota.Holding;
import dev.skein.persistence.api.Overview.Usage;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Adds up what an instance has of one kind: what the store had when it was last counted, what each node has written
 * since, and what the members hold. A node that does not answer counts with what it said last; what one that is gone
 * has written counts until the store is counted again. Confined to one thread at a time.
 */
public final class QuotaSum {
    /** The last word of each node, by its incarnation. */
    private final Map<Long, Holding> said = new HashMap<>();
    /** What each had written when the count of the store began. */
    private Map<Long, Holding> counted = new HashMap<>();

    private Map<Long, Holding> counting = new HashMap<>();
    private Set<Long> members = Set.of();
    private Usage stored = Usage.NONE;

    /**
     * Nodes have said what they hold.
     *
     * @param now who are members, answered or not
     */
    public void heard(Map<Long, Holding> answers, Set<Long> now) {
        said.putAll(answers);
        members = Set.copyOf(now);
    }

    /** The store is about to be counted: what is written from now on may be in that count or not, and counts. */
    public void countBegins() {
        counting = new HashMap<>(said);
    }

    /** The store was counted. */
    public void counted(Usage now) {
        stored = now;
        counted = counting;
        said.keySet().retainAll(members);
    }

    /** All of it. */
    public Usage total() {
        long entries = stored.entries();
        long bytes = stored.bytes();
        for (Map.Entry<Long, Holding> each : said.entrySet()) {
            Holding node = each.getValue();
            Holding before = counted.getOrDefault(each.getKey(), Holding.NONE);
            boolean member = members.contains(each.getKey());
            entries += node.written() - before.written() + (member ? node.live() : 0);
            bytes += node.writtenBytes() - before.writtenBytes() + (member ? node.liveBytes() : 0);
        }
        return new Usage(Math.max(0, entries), Math.max(0, bytes));
    }
}
