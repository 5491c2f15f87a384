package dev.skein.node.route;

import org.jspecify.annotations.Nullable;

/**
 * A shared subscription that gets a topic.
 *
 * @param live its members that live with their connections, on this node and others; null: none
 * @param stored its members that are persistent sessions; null: none
 */
public record SharedMatch(
        @Nullable SharedGroup live, @Nullable SharedGroup stored) {
    /** As its members wrote it. */
    public String filter() {
        SharedGroup one = any();
        return one == null ? "" : one.filter();
    }

    /** Counts messages of the group on this node. */
    public int nextTurn() {
        SharedGroup one = any();
        return one == null ? 0 : one.nextTurn();
    }

    private @Nullable SharedGroup any() {
        return live == null ? stored : live;
    }
}
