package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Keys that are right by themselves and promise together what cannot be. */
final class Contradictions {
    private static final String BODY = "limits.body-bytes";

    private Contradictions() {}

    /**
     * Looks for them.
     *
     * @throws IllegalArgumentException naming both keys
     */
    static void refuse(Config skein) {
        long packet = skein.getBytes("mqtt.max-packet-size");
        body("skein.instance-defaults", skein.getConfig("instance-defaults"), packet);
        for (String id : skein.getObject("instances").keySet()) {
            String path = ConfigUtil.joinPath("instances", id);
            body("skein." + path, skein.getConfig(path), packet);
        }
        for (String listener : skein.getObject("listeners").keySet()) {
            instance(skein, "listeners." + listener + ".instance");
            instances(skein, "listeners." + listener + ".instances");
            identity(skein, "listeners." + listener + ".identity");
        }
    }

    /** A listener for an instance that is not there would refuse every client whose credentials name none. */
    private static void instance(Config skein, String key) {
        String id = skein.getString(key);
        Set<String> known = skein.getObject("instances").keySet();
        if (!known.contains(id)) {
            throw new IllegalArgumentException("skein." + key + ": " + id + " (expected: one of skein.instances: "
                    + String.join(", ", new TreeSet<>(known)) + ")");
        }
    }

    /** Who shows no certificate would be nobody. */
    private static void identity(Config skein, String key) {
        String identity = skein.hasPath(key) ? skein.getString(key) : "none";
        String asked = skein.getString("tls.client-auth");
        if (!identity.equalsIgnoreCase("none") && !asked.equalsIgnoreCase("required")) {
            throw new IllegalArgumentException(
                    "skein.%s: %s (expected: none, or skein.tls.client-auth = required, which is %s)"
                            .formatted(key, identity, asked));
        }
    }

    private static void instances(Config skein, String key) {
        Set<String> known = new TreeSet<>(skein.getObject("instances").keySet());
        List<String> named = skein.getStringList(key);
        for (int i = 0; i < named.size(); i++) {
            if (!named.get(i).equals("*") && !known.contains(named.get(i))) {
                throw new IllegalArgumentException("skein.%s[%d]: %s (expected: *, or one of skein.instances: %s)"
                        .formatted(key, i, named.get(i), String.join(", ", known)));
            }
        }
    }

    /** A body that is admitted has to fit into a packet; what is derived ("auto") gives way. */
    private static void body(String section, Config instance, long packet) {
        if (instance.hasPath(BODY) && !instance.getString(BODY).equals("auto") && instance.getBytes(BODY) > packet) {
            throw new IllegalArgumentException(section + "." + BODY + ": " + instance.getString(BODY)
                    + " (expected: not more than skein.mqtt.max-packet-size, " + packet + " bytes)");
        }
    }
}
