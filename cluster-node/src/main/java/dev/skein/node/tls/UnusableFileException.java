package dev.skein.node.tls;

import org.jspecify.annotations.Nullable;

/** A file of certificates or of a key cannot be used; the message names the key and is meant for the operator. */
public final class UnusableFileException extends IllegalArgumentException {

    UnusableFileException(String key, Object value, String expected, @Nullable Throwable cause) {
        super(key + ": " + value + " (expected: " + expected + ")", cause);
    }
}
