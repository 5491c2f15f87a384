package dev.skein.node.edge;

import com.typesafe.config.Config;
import dev.skein.node.net.Hosts;
import java.util.List;

/**
 * One listener, read from {@code skein.listeners.<name>}.
 *
 * @param name {@code mqtt}, {@code mqtts}, {@code ws} or {@code wss}
 * @param enabled whether it opens; a TLS listener also needs a certificate
 * @param hosts addresses or names to bind
 * @param port 0..65535; 0 for any free port
 * @param instance the instance of clients whose credentials name none
 * @param proxyProtocol whether every connection must begin with a PROXY protocol header
 */
public record ListenerSettings(
        String name, boolean enabled, Hosts hosts, int port, String instance, boolean proxyProtocol) {

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
                .map(name -> one(name, "skein.listeners." + name, listeners.getConfig(name)))
                .toList();
    }

    private static ListenerSettings one(String name, String path, Config section) {
        Keys keys = new Keys(path, section);
        return new ListenerSettings(
                name,
                keys.flag("enabled"),
                Hosts.from(path, section),
                keys.number("port", 0, 65_535),
                keys.word("instance"),
                keys.flag("proxy-protocol"));
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
