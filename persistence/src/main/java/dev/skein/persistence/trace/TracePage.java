package dev.skein.persistence.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link TraceQuery}.
 *
 * @param found in the order that was asked for
 * @param end up to where, it included, all records are here; null: there are no more
 * @param damaged names of files of which a part could not be read
 */
public record TracePage(List<Found> found, @Nullable TracePlace end, List<String> damaged) {
    /** Copies the lists. */
    public TracePage {
        found = List.copyOf(found);
        damaged = List.copyOf(damaged);
    }

    /** One record and where it stands. */
    public record Found(TracePlace place, TraceRecord record) {}
}
