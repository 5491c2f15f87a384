package dev.skein.connectors.http;

import java.net.URI;
import java.util.Optional;

/** Addresses under the URL of a connector. */
final class Paths {
    private Paths() {}

    /** The URL with the path behind it; empty when that is no URL. */
    static Optional<URI> under(URI url, String path) {
        if (path.isEmpty()) {
            return Optional.of(url);
        }
        String base = url.toString();
        String between = base.endsWith("/") || path.startsWith("/") || path.startsWith("?") ? "" : "/";
        String behind = base.endsWith("/") && path.startsWith("/") ? path.substring(1) : path;
        try {
            URI full = URI.create(base + between + behind);
            // a path such as "@elsewhere" must not lead to another server
            return url.getRawAuthority().equals(full.getRawAuthority()) ? Optional.of(full) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
