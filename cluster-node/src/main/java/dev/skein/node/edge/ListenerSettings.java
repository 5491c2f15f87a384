package dev.skein.node.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import dev.skein.node.net.Hosts;
import dev.skein.node.net.Networks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One listener, read from {@code skein.listeners.<name>}.
 *
 * @param name {@code mqtt}, {@code mqtts}, {@code ws} or {@code wss}
 * @param enabled whether it opens; a TLS listener also needs a certificate
 * @param hosts addresses or names to bind
 * @param port 0..65535; 0 for any free port
 * @param instance the instance of clients whose credentials name none
 * @param instances that credentials may name beside {@code instance}; {@code *} for all
 * @param proxyProtocol whether every connection must begin with a PROXY protocol header
 * @param trustedProxies who may send such a header
 * @param origins pages from which browsers may come
 * @param identity what of a client certificate says who the client is
 * @param identityClientIds patterns of the client IDs that it may use then; empty for any
 */
public record ListenerSettings(
        String name,
        boolean enabled,
        Hosts hosts,
        int port,
        String instance,
        List<String> instances,
        boolean proxyProtocol,
        Networks trustedProxies,
        Origins origins,
        CertificateIdentity identity,
        List<String> identityClientIds) {

    /** In the list of instances: all of them. */
    public static final String ANY_INSTANCE = "*";

    private static final int CLIENT_IDS_MAX = 100;

    private static final List<String> NAMES = List.of("mqtt", "mqtts", "ws", "wss");

    /**
     * The four listeners, in the order {@code mqtt}, {@code mqtts}, {@code ws}, {@code wss}.
     *
     * @param skein the section {@code skein}
     * @throws IllegalArgumentException for a value out of range; names the full key
     */
    public static List<ListenerSettings> from(Config skein) {
        Config listeners = skein.getConfig("listeners");
        return NAMES.stream()
                .map(name -> one(skein, name, "skein.listeners." + name, listeners.getConfig(name)))
                .toList();
    }

    private static ListenerSettings one(Config skein, String name, String path, Config section) {
        Keys keys = new Keys(path, section);
        String instance = keys.word("instance");
        boolean browsers = section.hasPath("origins"); // as the WebSocket listeners have
        return new ListenerSettings(
                name,
                keys.flag("enabled"),
                Hosts.from(path, section),
                keys.number("port", 0, 65_535),
                instance,
                keys.texts("instances"),
                keys.flag("proxy-protocol"),
                Networks.parse(path + ".trusted-proxies", keys.texts("trusted-proxies")),
                browsers
                        ? Origins.parse(path + ".origins", keys.texts("origins"), admitsAnonymous(skein, instance))
                        : Origins.all(),
                section.hasPath("identity") ? identity(keys) : CertificateIdentity.NONE,
                section.hasPath("identity-client-ids") ? clientIds(keys) : List.of());
    }

    private static CertificateIdentity identity(Keys keys) {
        Map<String, CertificateIdentity> known = new LinkedHashMap<>();
        for (CertificateIdentity each : CertificateIdentity.values()) {
            known.put(each.text(), each);
        }
        return Objects.requireNonNull(known.get(keys.choice("identity", known.keySet())));
    }

    private static List<String> clientIds(Keys keys) {
        List<String> patterns = keys.texts("identity-client-ids");
        if (patterns.size() > CLIENT_IDS_MAX || patterns.contains("")) {
            throw keys.wrong("identity-client-ids", patterns, "at most " + CLIENT_IDS_MAX + " patterns, none empty");
        }
        return List.copyOf(patterns);
    }

    private static boolean admitsAnonymous(Config skein, String instance) {
        String own = ConfigUtil.joinPath("instances", instance, "anonymous");
        String key = skein.hasPath(own) ? own : "instance-defaults.anonymous";
        return !skein.getString(key).equalsIgnoreCase("never");
    }

    /** For tests of what stands behind a listener: one for MQTT at 127.0.0.1, with the instance {@code default}. */
    public static ListenerSettings plain() {
        return new ListenerSettings(
                "mqtt",
                true,
                new Hosts(List.of("127.0.0.1")),
                0,
                "default",
                List.of(ANY_INSTANCE),
                false,
                Networks.parse("trusted-proxies", List.of()),
                Origins.all(),
                CertificateIdentity.NONE,
                List.of());
    }

    /** Whether credentials of {@code id} count here. */
    public boolean mayReach(String id) {
        return id.equals(instance) || instances.contains(ANY_INSTANCE) || instances.contains(id);
    }

    /** Whether connections are encrypted: {@code mqtts} and {@code wss}. */
    public boolean tls() {
        return name.equals("mqtts") || name.equals("wss");
    }

    /** Whether MQTT travels in WebSocket frames: {@code ws} and {@code wss}. */
    public boolean webSocket() {
        return name.equals("ws") || name.equals("wss");
    }

    /** Full name of one of this listener's keys, such as {@code skein.listeners.mqtt.port}. */
    String key(String last) {
        return "skein.listeners." + name + "." + last;
    }
}
