package dev.skein.protocol.topic;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Filters of shared subscriptions: {@code $share/<group>/<filter>} (MQTT 5 section 4.8.2). */
public final class SharedFilters {
    private static final String SHARE = "$share/";

    private SharedFilters() {}

    /** Whether a valid filter asks for a share; it may ask wrongly, see {@link #violation}. */
    public static boolean isShared(String filter) {
        return filter.startsWith(SHARE);
    }

    /** What is wrong with a valid filter that asks for a share, or null [MQTT-4.8.2-1, -2]. */
    public static @Nullable String violation(String filter) {
        int slash = filter.indexOf('/', SHARE.length());
        boolean hasGroup = slash > SHARE.length();
        return hasGroup && isPlain(filter, slash) && slash + 1 < filter.length()
                ? null
                : FailureText.of("filter", filter, "$share/<group without wildcards>/<filter>");
    }

    private static boolean isPlain(String filter, int end) {
        for (int i = SHARE.length(); i < end; i++) {
            if (filter.charAt(i) == '+' || filter.charAt(i) == '#') {
                return false;
            }
        }
        return true;
    }

    /** The group of a shared filter without a violation; null when the filter is not shared. */
    public static @Nullable String group(String filter) {
        return isShared(filter) ? filter.substring(SHARE.length(), filter.indexOf('/', SHARE.length())) : null;
    }

    /** What a filter without a violation matches: the filter itself, or what stands behind its group. */
    public static String matched(String filter) {
        return isShared(filter) ? filter.substring(filter.indexOf('/', SHARE.length()) + 1) : filter;
    }
}
