package dev.skein.node.edge;

import dev.skein.node.net.Hosts;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From the pages of which web sites a browser may open a WebSocket. A browser sends the site's origin and no page can
 * change it; who sends none is no browser. Without this, any page that somebody looks at could use a broker that admits
 * this somebody without credentials. Immutable.
 *
 * @param any every page may
 * @param same pages of the host that the WebSocket is opened at may
 * @param listed origins that may, in lower case
 */
record Origins(boolean any, boolean same, Set<String> listed) {
    private static final String AUTO = "auto";
    private static final String ANY = "*";
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[^/?#@\\s]+");

    /** Copies the list. */
    Origins {
        listed = Set.copyOf(listed);
    }

    /** For a listener without WebSocket. */
    static Origins all() {
        return new Origins(true, false, Set.of());
    }

    /**
     * Reads them.
     *
     * @param key full name of the setting
     * @param anonymous whether clients without credentials get in here, from somewhere
     * @throws IllegalArgumentException naming the key and the first word that is no origin
     */
    static Origins parse(String key, List<String> words, boolean anonymous) {
        List<String> lower = words.stream()
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (int i = 0; i < lower.size(); i++) {
            String word = lower.get(i);
            if (!word.equals(AUTO) && !word.equals(ANY) && !ORIGIN.matcher(word).matches()) {
                throw new IllegalArgumentException(
                        "%s[%d]: %s (expected: auto, *, or an origin such as https://app.example.com)"
                                .formatted(key, i, words.get(i)));
            }
        }
        boolean auto = lower.contains(AUTO);
        return new Origins(
                lower.contains(ANY) || (auto && !anonymous),
                auto,
                lower.stream()
                        .filter(word -> word.contains("://") || word.equals("null"))
                        .collect(Collectors.toSet()));
    }

    /**
     * Whether a request is let in.
     *
     * @param origin of the page, or null
     * @param host that was asked for, with or without a port, or null
     * @param remote who asks
     */
    boolean allow(@Nullable String origin, @Nullable String host, InetAddress remote) {
        if (any || origin == null) {
            return true;
        }
        String page = origin.strip().toLowerCase(Locale.ROOT);
        return listed.contains(page) || (same && host != null && isSame(page, host, remote));
    }

    /**
     * Whether the page is of the host itself; its port may be another. From this machine only names of this machine
     * count: an attacker's DNS may say that his name is 127.0.0.1.
     */
    private static boolean isSame(String page, String host, InetAddress remote) {
        String asked = hostOf("ws://" + host.strip().toLowerCase(Locale.ROOT));
        return asked != null && asked.equals(hostOf(page)) && (!remote.isLoopbackAddress() || Hosts.isLoopback(asked));
    }

    private static @Nullable String hostOf(String uri) {
        try {
            return new URI(uri).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
