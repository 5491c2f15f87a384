package dev.skein.node.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import dev.skein.node.net.Hosts;
import dev.skein.node.net.Networks;
import java.util.List;

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
        Origins origins) {

    /** In the list of instances: all of them. */
    public static final String ANY_INSTANCE = "*";

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
                        : Origins.all());
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
                Origins.all());
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
