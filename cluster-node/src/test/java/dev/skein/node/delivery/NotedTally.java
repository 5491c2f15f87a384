package dev.skein.node.delivery;

import java.util.ArrayList;
import java.util.List;

/** A tally that notes how it was settled. */
final class NotedTally extends PublishTally {
    private final List<Boolean> outcomes = new ArrayList<>();

    /** One for each time that it was settled. */
    List<Boolean> outcomes() {
        return outcomes;
    }

    @Override
    protected void settled(boolean ok) {
        outcomes.add(ok);
    }
}
