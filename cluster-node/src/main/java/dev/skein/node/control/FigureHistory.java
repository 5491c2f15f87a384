package dev.skein.node.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of some figures of this node.
 *
 * @param stepSeconds from one value to the next
 * @param until time of the last value; null when there is none yet
 * @param series by name
 */
public record FigureHistory(int stepSeconds, @Nullable Instant until, List<Series> series) {
    /** Copies the list. */
    public FigureHistory {
        series = List.copyOf(series);
    }

    /**
     * One figure.
     *
     * @param name on {@code /metrics}, all labels together
     * @param kind {@code gauge}: as it is then; {@code rate}: growth in a second; {@code mean}: seconds on average
     * @param values the oldest first; null where there was nothing to tell
     */
    public record Series(String name, String kind, List<@Nullable Double> values) {}
}
