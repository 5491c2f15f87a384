package dev.skein.loadtest.load;

import java.util.Map;

/**
 * What became of the connections of a run.
 *
 * @param asked how many the run wanted
 * @param opened came up and, for a subscriber, got its SUBACK
 * @param failed did not come up
 * @param lost were up and ended before the run did
 * @param reasons of the failed and lost ones, with counts
 */
public record Connections(int asked, int opened, int failed, int lost, Map<String, Long> reasons) {
    /** Copies the reasons. */
    public Connections {
        reasons = Map.copyOf(reasons);
    }

    /** Failures of any kind. */
    public int errors() {
        return failed + lost;
    }
}
