package dev.skein.node.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Cuts what is too much for one frame between nodes into parts that fit one. */
public final class FrameParts {
    /** Of one part. A character is at most three bytes: a part stays below the smallest frame, 1 MiB. */
    private static final int PART_CHARS = 250_000;
    /** What a filter is beside its text. */
    private static final int FILTER_CHARS = 32;

    private FrameParts() {}

    /** As {@link #cut}, for elements that are a topic filter each, and little more. */
    public static <T> List<List<T>> cutFilters(List<T> all, Function<T, String> filter) {
        return cut(all, each -> (long) filter.apply(each).length() + FILTER_CHARS);
    }

    /**
     * {@code all} in its order, one empty part when there is nothing. A part has more than 250,000 characters only when
     * it is a single element.
     *
     * @param chars how much of a frame an element takes, in characters
     */
    public static <T> List<List<T>> cut(List<T> all, ToLongFunction<T> chars) {
        List<List<T>> parts = new ArrayList<>();
        int from = 0;
        long sum = 0;
        for (int i = 0; i < all.size(); i++) {
            long more = chars.applyAsLong(all.get(i));
            if (i > from && sum + more > PART_CHARS) {
                parts.add(List.copyOf(all.subList(from, i)));
                from = i;
                sum = 0;
            }
            sum += more;
        }
        parts.add(List.copyOf(all.subList(from, all.size())));
        return parts;
    }
}
