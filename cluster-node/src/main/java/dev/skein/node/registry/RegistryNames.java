package dev.skein.node.registry;

import dev.skein.protocol.apsara.GroupIds;
import dev.skein.protocol.apsara.ParentTopics;
import dev.skein.protocol.topic.TopicFilters;
import dev.skein.protocol.wire.FailureText;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What each kind of name must look like: null when it does, else the text to answer. */
final class RegistryNames {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String WORD_RULE = "1..64 letters, digits, - or _";
    private static final String DEVICE = "DC.";
    private static final int NAME_MAX = 128;
    private static final int SECRET_MAX = 256;
    private static final int CLIENT_IDS_MAX = 100;
    private static final int PATTERN_MAX = 1024;

    private RegistryNames() {}

    static @Nullable String instanceId(String id) {
        return WORD.matcher(id).matches() ? null : FailureText.of("instance", id, WORD_RULE);
    }

    static @Nullable String group(String group) {
        return GroupIds.violation(group);
    }

    static @Nullable String parentTopic(String parentTopic) {
        return ParentTopics.violation(parentTopic);
    }

    static @Nullable String by(String by) {
        return name("by", by);
    }

    static @Nullable String user(String name) {
        return ofNobodyElse("user", name);
    }

    static @Nullable String accessKey(String id) {
        return ofNobodyElse("access-key", id);
    }

    /** Rules name whom a certificate tells so, and credentials of devices have ids; nobody else may be called that. */
    private static @Nullable String ofNobodyElse(String what, String name) {
        if (name.startsWith(PermissionRule.CERTIFICATE)) {
            return what + ": " + name + " (expected: not " + PermissionRule.CERTIFICATE
                    + ", by which rules name certificates)";
        }
        return name.startsWith(DEVICE)
                ? what + ": " + name + " (expected: not " + DEVICE + ", by which credentials of devices begin)"
                : name(what, name);
    }

    static @Nullable String account(String account) {
        return name("account", account);
    }

    /** Patterns of client IDs. */
    static @Nullable String clientIds(List<String> patterns) {
        if (patterns.size() > CLIENT_IDS_MAX) {
            return "client-ids: %d (expected: at most %d)".formatted(patterns.size(), CLIENT_IDS_MAX);
        }
        for (String pattern : patterns) {
            boolean plain = pattern.codePoints().noneMatch(Character::isISOControl) && !pattern.contains("%c");
            int length = pattern.codePointCount(0, pattern.length());
            if (!plain || length < 1 || length > PATTERN_MAX) {
                return FailureText.of(
                        "client-ids",
                        pattern,
                        "1.." + PATTERN_MAX + " characters; * for any characters, %u for the user name, no %c");
            }
        }
        return null;
    }

    static @Nullable String secret(Secret secret) {
        int length = secret.value().length();
        return length >= 1 && length <= SECRET_MAX
                ? null
                : "secret: %d characters (expected: 1..%d)".formatted(length, SECRET_MAX);
    }

    /** The rule without its id. */
    static @Nullable String rule(PermissionRule rule) {
        if (rule.topics().isEmpty()) {
            return "topics: [] (expected: at least one topic filter)";
        }
        for (String topic : rule.topics()) {
            // Stand-ins of one plain character: what is left must be a filter.
            String violation = TopicFilters.violation(topic.replace("%c", "c").replace("%u", "u"));
            if (violation != null) {
                return "topics: " + violation;
            }
        }
        return null;
    }

    static @Nullable String ruleId(String id) {
        return WORD.matcher(id).matches() ? null : FailureText.of("id", id, WORD_RULE);
    }

    private static @Nullable String name(String what, String name) {
        boolean plain = name.codePoints().noneMatch(c -> c == '|' || Character.isISOControl(c));
        int length = name.codePointCount(0, name.length());
        return plain && length >= 1 && length <= NAME_MAX
                ? null
                : FailureText.of(what, name, "1.." + NAME_MAX + " characters, no | and no control character");
    }
}
