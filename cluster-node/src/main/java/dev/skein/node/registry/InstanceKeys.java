package dev.skein.node.registry;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keys that an instance's section may have. */
final class InstanceKeys {
    private static final Map<String, Set<String>> SECTIONS = Map.of(
            "limits",
                    Set.of(
                            "client-id-length",
                            "topic-length",
                            "topic-levels",
                            "body-bytes",
                            "filters",
                            "multi-wildcard-filters",
                            "keep-alive",
                            "packet-bytes",
                            "topic-aliases",
                            "property-bytes",
                            "message-expiry-min",
                            "message-expiry-max",
                            "instance-filters",
                            "instance-filter-bytes",
                            "retained-bytes",
                            "retained-parent-bytes",
                            "rules",
                            "one-rule-each"),
            "rates",
                    Set.of(
                            "client-messages",
                            "client-bytes",
                            "client-topics",
                            "identity-connects",
                            "identity-messages",
                            "identity-bytes",
                            "address-connects",
                            "address-messages",
                            "address-bytes",
                            "instance-connects",
                            "instance-messages",
                            "instance-bytes",
                            "instance-topics"),
            "mqtt5", Set.of("response-information"),
            "trace", Set.of("mode", "clients", "sample"),
            "sessions", Set.of("offline-qos0", "persistent-qos2", "expiry", "expiry-min", "expiry-max"));

    private static final Set<String> PLAIN = Set.of(
            "mode",
            "anonymous",
            "duplicate-client-id",
            "session-owner",
            "p2p",
            "groups",
            "parent-topics",
            "users",
            "access-keys",
            "permissions",
            "default-permission",
            "rules");

    private InstanceKeys() {}

    /** Refuses a key that is not known, and a section that is none. */
    static void check(String path, ConfigObject section) {
        for (String key : section.keySet()) {
            Set<String> inner = SECTIONS.get(key);
            if (inner == null) {
                require(PLAIN.contains(key), path, key);
                continue;
            }
            if (section.get(key).valueType() != ConfigValueType.OBJECT) {
                throw new ConfigException.Generic("%s.%s: %s (expected: a section of keys)"
                        .formatted(path, key, section.get(key).unwrapped()));
            }
            checkInner(path + "." + key, (ConfigObject) section.get(key), inner);
        }
    }

    /** Refuses a key that is not among {@code known}. */
    static void checkInner(String path, ConfigObject section, Set<String> known) {
        for (String key : section.keySet()) {
            if (!known.contains(key)) {
                throw unknown(path, key, known);
            }
        }
    }

    private static void require(boolean known, String path, String key) {
        if (!known) {
            Set<String> all = new TreeSet<>(PLAIN);
            all.addAll(SECTIONS.keySet());
            throw unknown(path, key, all);
        }
    }

    private static ConfigException unknown(String path, String key, Set<String> known) {
        return new ConfigException.Generic("%s.%s: unknown key (expected: one of %s)"
                .formatted(path, key, String.join(", ", new TreeSet<>(known))));
    }
}
