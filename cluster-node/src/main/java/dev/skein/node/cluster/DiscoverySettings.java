package dev.skein.node.cluster;

import com.typesafe.config.Config;
import dev.skein.protocol.wire.DurationText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a starting node finds the others, read from {@code skein.cluster.discovery}.
 *
 * @param method where the addresses come from
 * @param name what DNS is asked for
 * @param labelSelector which pods are nodes
 * @param namespace of the pods; empty for this pod's own
 * @param apiServer address of the Kubernetes API; empty for the one that each pod is told of
 * @param serviceAccount directory of the token and the CA
 * @param timeout of one question
 */
public record DiscoverySettings(
        Method method,
        String name,
        String labelSelector,
        String namespace,
        String apiServer,
        Path serviceAccount,
        Duration timeout) {
    private static final String SECTION = "skein.cluster.discovery.";
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(1);
    private static final int NAME_MAX = 253;
    private static final Pattern DNS_NAME = Pattern.compile(
            "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\\.?");
    private static final Pattern NAMESPACE = Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?");

    /** Where addresses come from. */
    public enum Method {
        /** The list {@code skein.cluster.seeds}. */
        SEEDS("seeds"),
        /** SRV or address records. */
        DNS("dns"),
        /** The pods of a namespace. */
        KUBERNETES_API("kubernetes-api");

        private final String word;

        Method(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Nothing is asked: the seeds are given. */
    static DiscoverySettings none() {
        return new DiscoverySettings(Method.SEEDS, "", "", "", "", Path.of(""), Duration.ofSeconds(5));
    }

    /** Reads and checks {@code skein.cluster.discovery}; an exception names the key. */
    static DiscoverySettings from(Config discovery) {
        Method method = method(discovery.getString("method"));
        DiscoverySettings settings = new DiscoverySettings(
                method,
                discovery.getString("name"),
                discovery.getString("label-selector"),
                discovery.getString("namespace"),
                discovery.getString("api-server"),
                Path.of(discovery.getString("service-account")),
                discovery.getDuration("timeout"));
        settings.check();
        return settings;
    }

    private static Method method(String word) {
        return Arrays.stream(Method.values())
                .filter(each -> each.word.equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        "method",
                        word,
                        Arrays.stream(Method.values()).map(Method::toString).collect(Collectors.joining(", "))));
    }

    private void check() {
        boolean dns = method == Method.DNS;
        if (dns ? !isDnsName(name) : !name.isEmpty()) {
            throw wrong("name", name, dns ? "a DNS name, for method dns" : "empty, for method " + method);
        }
        if (labelSelector.isBlank() && method == Method.KUBERNETES_API) {
            throw wrong("label-selector", labelSelector, "a selector as app.kubernetes.io/name=skein");
        }
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw wrong("namespace", namespace, "the name of a namespace, or empty");
        }
        if (!apiServer.isEmpty() && !isServer(apiServer)) {
            throw wrong("api-server", apiServer, "https://host:port, or empty");
        }
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw wrong("timeout", DurationText.of(timeout), DurationText.range(TIMEOUT_MIN, TIMEOUT_MAX));
        }
    }

    private static boolean isDnsName(String name) {
        return name.length() <= NAME_MAX && DNS_NAME.matcher(name).matches();
    }

    private static boolean isServer(String text) {
        try {
            URI uri = URI.create(text);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What to throw for a value of a key of this section. */
    public static IllegalArgumentException wrong(String key, String value, String expected) {
        return new IllegalArgumentException(SECTION + key + ": " + value + " (expected: " + expected + ")");
    }
}
