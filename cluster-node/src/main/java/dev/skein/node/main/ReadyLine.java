package dev.skein.node.main;

import java.util.List;
import java.util.StringJoiner;

/**
 * The one line that a node prints on standard output when it serves:
 *
 * <pre>skein ready mqtt=127.0.0.1:1883 ws=127.0.0.1:8083 http=127.0.0.1:8080 instances=default:open node=n1</pre>
 *
 * <p>Words are {@code key=value}, always in this order: each open listener (mqtt, mqtts, ws, wss), http when it is on,
 * instances as {@code id:mode} sorted by id, node. A program that reads it goes by the keys; later versions may add
 * words before {@code node}.
 */
final class ReadyLine {
    private static final List<String> LISTENER_ORDER = List.of("mqtt", "mqtts", "ws", "wss");

    /** A socket that accepts; {@code name} is the listener's key. */
    record Address(String name, String host, int port) {
        @Override
        public String toString() {
            boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
            return name + "=" + (bare ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** An instance with its mode, {@code open} or {@code apsara}. */
    record Instance(String id, String mode) {}

    private ReadyLine() {}

    /** The line, without its end. {@code http} are the ports of HTTP that are open. */
    static String of(List<Address> listeners, List<Address> http, List<Instance> instances, String node) {
        StringJoiner words = new StringJoiner(" ", "skein ready ", "");
        listeners.stream()
                .sorted((a, b) -> Integer.compare(rank(a.name()), rank(b.name())))
                .forEach(listener -> words.add(listener.toString()));
        http.forEach(port -> words.add(port.toString()));
        StringJoiner each = new StringJoiner(",", "instances=", "");
        instances.stream()
                .map(instance -> instance.id() + ":" + instance.mode())
                .sorted()
                .forEach(each::add);
        return words.add(each.toString()).add("node=" + node).toString();
    }

    private static int rank(String listener) {
        int known = LISTENER_ORDER.indexOf(listener);
        return known < 0 ? LISTENER_ORDER.size() : known;
    }
}
