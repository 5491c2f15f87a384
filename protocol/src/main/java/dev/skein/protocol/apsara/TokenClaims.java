package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.topic.TopicFilters;
import dev.skein.protocol.wire.FailureText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token of Token mode says.
 *
 * @param id by which it can be revoked
 * @param instanceId where it counts, 1..64 characters
 * @param accessKeyId who applied for it, 1..128 characters
 * @param reads whether its client may subscribe
 * @param writes whether its client may publish
 * @param filters what it may subscribe to and publish on: 1..100 topic filters, sorted, each once
 * @param expiresAt milliseconds since 1970
 */
public record TokenClaims(
        TokenId id,
        String instanceId,
        String accessKeyId,
        boolean reads,
        boolean writes,
        List<String> filters,
        long expiresAt) {
    /** Filters of one token at the most. */
    public static final int FILTERS_MAX = 100;

    /** Bytes of them: three tokens have to fit into the password of a CONNECT. */
    public static final int FILTER_BYTES_MAX = 14_000;

    /** Levels of them: a client holds an object for each as long as it is connected. */
    public static final int LEVELS_MAX = 1_000;

    /** Sorts the filters. */
    public TokenClaims {
        filters = filters.stream().distinct().sorted().toList();
    }

    /** What is wrong with filters that somebody asks for; null when nothing is. */
    public static @Nullable String violation(List<String> filters) {
        if (filters.isEmpty() || filters.size() > FILTERS_MAX) {
            return FailureText.of("resources", filters.size(), "1.." + FILTERS_MAX + " topic filters");
        }
        int bytes = 0;
        int levels = 0;
        for (String filter : filters) {
            String wrong = TopicFilters.violation(filter);
            if (wrong != null) {
                return "resources: " + wrong;
            }
            bytes += filter.getBytes(UTF_8).length;
            levels += 1 + (int) filter.chars().filter(c -> c == '/').count();
        }
        if (levels > LEVELS_MAX) {
            return FailureText.of("resources", levels, "topic filters of at most " + LEVELS_MAX + " levels together");
        }
        return bytes > FILTER_BYTES_MAX
                ? FailureText.of("resources", bytes, "topic filters of at most " + FILTER_BYTES_MAX + " bytes")
                : null;
    }

    /** Whether a client may use it as {@code type}. */
    public boolean allows(TokenType type) {
        return (reads || !type.reads()) && (writes || !type.writes());
    }
}
