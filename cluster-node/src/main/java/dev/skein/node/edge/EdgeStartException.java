package dev.skein.node.edge;

import org.jspecify.annotations.Nullable;

/** The edge cannot start with these settings; the message names the key and is meant for the operator. */
public final class EdgeStartException extends RuntimeException {

    EdgeStartException(String key, Object value, String expected, @Nullable Throwable cause) {
        super(key + ": " + value + " (expected: " + expected + ")", cause);
    }
}
