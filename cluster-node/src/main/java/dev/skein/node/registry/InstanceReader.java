package dev.skein.node.registry;

import dev.skein.node.admission.Rate;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one instance's section. */
final class InstanceReader {
    private static final int BODY_MAX = 268_435_455;
    private static final int APSARA_TOPIC_MAX = 128;
    private static final int LENGTH_MAX = 65_535;
    private static final int FILTERS_MAX = 1_000_000;
    private static final long TOTAL_FILTERS_MAX = 10_000_000_000L;
    private static final int RESPONSE_INFORMATION_MAX = 1024;
    private static final Pattern PLAIN_TOPIC = Pattern.compile("[^+#\\p{Cntrl}]*");
    private static final int RULES_MAX = 10_000;
    private static final int RATE_MAX = 1_000_000_000;
    private static final Duration MESSAGE_EXPIRY_MAX = Duration.ofSeconds(0xFFFF_FFFFL);
    private static final Duration KEEP_ALIVE_MAX = Duration.ofSeconds(65_535);
    private static final Duration EXPIRY_MAX = Duration.ofDays(3650);

    /** The longest that MQTT 5 can name, but for never. */
    private static final Duration EXPIRY_LIMIT = Duration.ofSeconds(4_294_967_294L);

    private static final Duration APSARA_EXPIRY_MIN = Duration.ofMinutes(10);
    private static final Duration APSARA_EXPIRY_MAX = Duration.ofSeconds(2_147_483_647L);

    private InstanceReader() {}

    static InstanceView read(String id, Section section) {
        Mode mode = section.constant("mode", Mode.class);
        boolean apsara = mode == Mode.APSARA;
        Map<String, User> users = users(section);
        Map<String, AccessKey> accessKeys = accessKeys(section, users);
        return new InstanceView(
                id,
                mode,
                section.constant("anonymous", Anonymous.class),
                section.constantOrAuto(
                        "duplicate-client-id",
                        DuplicateClientId.class,
                        apsara ? DuplicateClientId.REJECT : DuplicateClientId.TAKE_OVER),
                limits(section, apsara),
                sessions(section, apsara),
                section.onOrAuto("p2p", apsara),
                names(section, "groups", RegistryNames::group),
                parentTopics(section),
                users,
                accessKeys,
                permissions(section),
                section.constant("default-permission", Effect.class),
                RuleReader.read(
                        section.path() + ".rules",
                        section.object("rules"),
                        section.integerOrAuto("limits.rules", 0, RULES_MAX, InstanceRules.MAX),
                        section.booleanOrAuto("limits.one-rule-each", apsara)),
                InstanceTokens.none(),
                0);
    }

    private static SessionRules sessions(Section section, boolean apsara) {
        Duration min = section.durationOrAuto(
                "sessions.expiry-min", Duration.ZERO, EXPIRY_LIMIT, apsara ? APSARA_EXPIRY_MIN : Duration.ZERO);
        Duration max = section.durationOrAuto(
                "sessions.expiry-max", Duration.ZERO, EXPIRY_LIMIT, apsara ? APSARA_EXPIRY_MAX : Duration.ZERO);
        if (!max.isZero() && max.compareTo(min) < 0) {
            throw section.wrong(
                    "sessions.expiry-max",
                    max.toSeconds() + "s",
                    "0s, or at least expiry-min: " + min.toSeconds() + "s");
        }
        return new SessionRules(
                section.booleanOrAuto("sessions.offline-qos0", apsara),
                section.booleanOrAuto("sessions.persistent-qos2", !apsara),
                section.constant("session-owner", SessionOwner.class),
                section.duration("sessions.expiry", Duration.ofSeconds(1), EXPIRY_MAX),
                min,
                max);
    }

    private static InstanceLimits limits(Section section, boolean apsara) {
        InstanceLimits auto = apsara ? InstanceLimits.APSARA : InstanceLimits.OPEN;
        int topicMin = apsara ? 1 : 0;
        int topicMax = apsara ? APSARA_TOPIC_MAX : LENGTH_MAX;
        return new InstanceLimits(
                section.integerOrAuto("limits.client-id-length", 0, LENGTH_MAX, auto.clientIdLength()),
                section.integerOrAuto("limits.topic-length", topicMin, topicMax, auto.topicLength()),
                section.integerOrAuto("limits.topic-levels", 1, LENGTH_MAX, auto.topicLevels()),
                section.bytesOrAuto("limits.body-bytes", 0, BODY_MAX, auto.bodyBytes()),
                section.integerOrAuto("limits.filters", 0, FILTERS_MAX, auto.filters()),
                section.integerOrAuto("limits.multi-wildcard-filters", 0, FILTERS_MAX, auto.multiWildcardFilters()),
                section.durationOrAuto("limits.keep-alive", Duration.ZERO, KEEP_ALIVE_MAX, auto.keepAlive()),
                new InstanceLimits.Totals(
                        section.number("limits.instance-filters", TOTAL_FILTERS_MAX),
                        section.bytes("limits.instance-filter-bytes"),
                        section.bytes("limits.retained-bytes"),
                        section.bytes("limits.retained-parent-bytes")),
                rates(section),
                mqtt5(section, auto.mqtt5()));
    }

    private static Mqtt5Limits mqtt5(Section section, Mqtt5Limits auto) {
        return new Mqtt5Limits(
                section.bytesOrAuto("limits.packet-bytes", 0, BODY_MAX, auto.packetBytes()),
                section.integerOrAuto("limits.topic-aliases", 0, LENGTH_MAX, auto.topicAliases()),
                section.bytesOrAuto("limits.property-bytes", 0, BODY_MAX, auto.propertyBytes()),
                section.durationOrAuto(
                        "limits.message-expiry-min", Duration.ZERO, MESSAGE_EXPIRY_MAX, auto.messageExpiryMin()),
                section.durationOrAuto(
                        "limits.message-expiry-max", Duration.ZERO, MESSAGE_EXPIRY_MAX, auto.messageExpiryMax()),
                responseInformation(section));
    }

    /** Clients begin topics with it. */
    private static String responseInformation(Section section) {
        String key = "mqtt5.response-information";
        String text = section.text(key);
        if (text.length() > RESPONSE_INFORMATION_MAX
                || !PLAIN_TOPIC.matcher(text).matches()) {
            throw section.wrong(
                    key,
                    text,
                    "the begin of a topic: at most " + RESPONSE_INFORMATION_MAX
                            + " characters, no +, # or control character");
        }
        return text;
    }

    private static RateLimits rates(Section section) {
        RateLimits auto = RateLimits.DEFAULT;
        return new RateLimits(
                rate(section, "client", 0, topics(section, "client", auto.client())),
                rate(section, "identity", connects(section, "identity"), 0),
                rate(section, "address", connects(section, "address"), 0),
                rate(section, "instance", connects(section, "instance"), topics(section, "instance", auto.instance())));
    }

    private static Rate rate(Section section, String scope, int connects, int topics) {
        int messages = section.integerOrAuto("rates." + scope + "-messages", 0, RATE_MAX, 0);
        int bytes = section.bytesOrAuto("rates." + scope + "-bytes", 0, RATE_MAX, 0);
        return new Rate(connects, messages, bytes, topics);
    }

    private static int connects(Section section, String scope) {
        return section.integerOrAuto("rates." + scope + "-connects", 0, RATE_MAX, 0);
    }

    private static int topics(Section section, String scope, Rate auto) {
        return section.integerOrAuto("rates." + scope + "-topics", 0, RATE_MAX, auto.topics());
    }

    private static Set<String> names(Section section, String key, Function<String, @Nullable String> rule) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : section.texts(key)) {
            String violation = rule.apply(name);
            if (violation != null) {
                throw section.broken(key, names.size(), violation);
            }
            if (!names.add(name)) {
                throw section.broken(key, names.size(), name + " (expected: each name once)");
            }
        }
        return names;
    }

    private static Set<String> parentTopics(Section section) {
        Set<String> topics = names(section, "parent-topics", RegistryNames::parentTopic);
        Set<String> anyCase = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String topic : topics) {
            if (!anyCase.add(topic)) {
                throw section.broken(
                        "parent-topics",
                        anyCase.size(),
                        topic + " (expected: names that differ in more than their case)");
            }
        }
        return topics;
    }

    private static Map<String, User> users(Section section) {
        Map<String, User> users = new TreeMap<>();
        for (Section.Entry entry : section.entries("users", Set.of("name", "password-hash", "client-ids"))) {
            String name = entry.text("name");
            require(entry, "name", RegistryNames.user(name));
            String hash = entry.text("password-hash");
            require(entry, "password-hash", PasswordHashFormat.violation(hash));
            if (users.put(name, new User(name, new Secret(hash), clientIds(entry))) != null) {
                throw entry.broken("name", name + " (expected: each name once)");
            }
        }
        return users;
    }

    private static Map<String, AccessKey> accessKeys(Section section, Map<String, User> users) {
        Map<String, AccessKey> keys = new LinkedHashMap<>();
        for (Section.Entry entry : section.entries("access-keys", Set.of("id", "secret", "account", "client-ids"))) {
            String id = entry.text("id");
            require(entry, "id", RegistryNames.accessKey(id));
            Secret secret = new Secret(entry.text("secret"));
            require(entry, "secret", RegistryNames.secret(secret));
            String account = entry.object().containsKey("account") ? entry.text("account") : null;
            require(entry, "account", account == null ? null : RegistryNames.account(account));
            AccessKey key = new AccessKey(id, secret, account, clientIds(entry));
            // Permission rules name users and access keys in one list.
            if (users.containsKey(id) || keys.put(id, key) != null) {
                throw entry.broken("id", id + " (expected: each id once, and no user of that name)");
            }
        }
        return keys;
    }

    private static List<String> clientIds(Section.Entry entry) {
        List<String> patterns = entry.texts("client-ids");
        require(entry, "client-ids", RegistryNames.clientIds(patterns));
        return patterns;
    }

    private static List<PermissionRule> permissions(Section section) {
        Set<String> known = Set.of("effect", "action", "users", "groups", "clients", "topics");
        List<PermissionRule> rules = new ArrayList<>();
        for (Section.Entry entry : section.entries("permissions", known)) {
            PermissionRule rule = new PermissionRule(
                    "configuration-" + (rules.size() + 1),
                    entry.constant("effect", entry.text("effect"), Effect.class),
                    entry.constant("action", entry.textOr("action", "all"), Action.class),
                    Set.copyOf(entry.texts("users")),
                    Set.copyOf(entry.texts("groups")),
                    Set.copyOf(entry.texts("clients")),
                    entry.texts("topics"));
            require(entry, "topics", RegistryNames.rule(rule));
            rules.add(rule);
        }
        return rules;
    }

    private static void require(Section.Entry entry, String key, @Nullable String violation) {
        if (violation != null) {
            throw entry.broken(key, violation);
        }
    }
}
