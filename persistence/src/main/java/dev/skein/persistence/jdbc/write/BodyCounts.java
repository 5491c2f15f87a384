package dev.skein.persistence.jdbc.write;

import dev.skein.protocol.message.MessageId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many queue rows still need each of the youngest shared bodies that this process wrote, so that the last
 * acknowledgement takes the body with it. Only a shortcut: what it does not know, because it is too old, or was written
 * before the start or by another node, the sweep finds. Confined to the writing thread.
 */
final class BodyCounts {
    private static final int CAPACITY = 65_536;

    private final Map<MessageId, Integer> counts = new LinkedHashMap<>();

    /** Of {@code removed}, how many rows went for each body that this knows. */
    Map<MessageId, Integer> known(List<MessageId> removed) {
        Map<MessageId, Integer> known = new HashMap<>();
        for (MessageId id : removed) {
            if (counts.containsKey(id)) {
                known.merge(id, 1, Integer::sum);
            }
        }
        return known;
    }

    /** Whether nothing needs the body once {@code gone} more rows went. */
    boolean empties(MessageId id, int gone) {
        return counts.getOrDefault(id, Integer.MAX_VALUE) <= gone;
    }

    /** Rows went, in a transaction that is committed. */
    void subtract(Map<MessageId, Integer> gone) {
        gone.forEach((id, count) -> counts.computeIfPresent(id, (_, left) -> left <= count ? null : left - count));
    }

    /** A body and its rows are committed. */
    void add(MessageId id, int receivers) {
        counts.put(id, receivers);
        if (counts.size() > CAPACITY) {
            Iterator<MessageId> oldest = counts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
