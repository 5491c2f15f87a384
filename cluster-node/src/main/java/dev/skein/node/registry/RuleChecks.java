package dev.skein.node.registry;

import dev.skein.protocol.apsara.GroupIds;
import dev.skein.protocol.topic.TopicNames;
import dev.skein.protocol.wire.FailureText;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a rule must look like: null when it does, else the text to answer. */
final class RuleChecks {
    private static final Pattern ID = Pattern.compile("(?=.*[A-Za-z0-9])[A-Za-z0-9_-]{3,64}");
    private static final int TOPIC_MAX = 2048;
    private static final int DESCRIPTION_MAX = 1024;

    private RuleChecks() {}

    static @Nullable String id(String id) {
        return ID.matcher(id).matches()
                ? null
                : FailureText.of("id", id, "3..64 letters, digits, - or _, with at least one letter or digit");
    }

    /** What is wrong with the rule beside its id; the text begins with the key. */
    static @Nullable String violation(RuleDefinition rule) {
        if (RegistryNames.ruleId(rule.connector()) != null) {
            return FailureText.of("connector", rule.connector(), "the id of a connector: letters, digits, - and _");
        }
        String resource = resource(rule);
        if (resource != null) {
            return resource;
        }
        boolean fits = !rule.topic().isBlank()
                && rule.topic().length() <= TOPIC_MAX
                && rule.topic().codePoints().noneMatch(Character::isISOControl);
        if (!fits) {
            return FailureText.of(topicKey(rule.kind()), rule.topic(), "1.." + TOPIC_MAX + " characters");
        }
        return rule.description().length() > DESCRIPTION_MAX
                ? "description: %d characters (expected: at most %d)"
                        .formatted(rule.description().length(), DESCRIPTION_MAX)
                : null;
    }

    private static @Nullable String resource(RuleDefinition rule) {
        String resource = rule.resource();
        if (rule.kind() == RuleKind.STATUS) {
            return resource.equals(RuleDefinition.ALL_CLIENTS) || GroupIds.violation(resource) == null
                    ? null
                    : FailureText.of("group", resource, "a Group ID, or * for all clients");
        }
        return resource.isEmpty() || resource.indexOf('/') >= 0 || TopicNames.violation(resource) != null
                ? FailureText.of("parent-topic", resource, "the first level of topics")
                : null;
    }

    /** Which key names the resource of a rule. */
    static String resourceKey(RuleKind kind) {
        return kind == RuleKind.STATUS ? "group" : "parent-topic";
    }

    /** Which key names the topic of the back end. */
    static String topicKey(RuleKind kind) {
        return kind == RuleKind.INBOUND ? "source-topic" : "target-topic";
    }

    /** Why {@code rule} may not stand beside others; null when it may. */
    static @Nullable String beside(RuleDefinition rule, InstanceRules rules) {
        Collection<RuleDefinition> others = rules.byId().values();
        long count =
                others.stream().filter(other -> !other.id().equals(rule.id())).count();
        if (rules.max() > 0 && count >= rules.max()) {
            return "rules: %d (expected: at most %d, limits.rules)".formatted(count + 1, rules.max());
        }
        if (!rules.oneEach()) {
            return null;
        }
        return others.stream()
                .filter(other -> !other.id().equals(rule.id())
                        && other.kind() == rule.kind()
                        && other.resource().equals(rule.resource()))
                .findFirst()
                .map(other -> FailureText.of(
                        resourceKey(rule.kind()),
                        rule.resource(),
                        "one without " + (rule.kind() == RuleKind.OUTBOUND ? "an " : "a ")
                                + rule.kind().name().toLowerCase(Locale.ROOT)
                                + " rule: " + other.id() + " is one (limits.one-rule-each)"))
                .orElse(null);
    }
}
