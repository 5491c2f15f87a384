package dev.skein.persistence.schema;

import java.util.Locale;

/** The databases that can keep the broker's state. */
public enum Database {
    /** Embedded, in a file of one process. */
    H2,
    /** One address for all nodes of a cluster. */
    POSTGRESQL;

    /** The database behind {@code jdbcUrl}; refuses every other one. */
    public static Database of(String jdbcUrl) {
        if (jdbcUrl.startsWith("jdbc:h2:")) {
            return H2;
        }
        if (jdbcUrl.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        throw new IllegalArgumentException(
                "jdbcUrl: " + jdbcUrl + " (expected: it begins with jdbc:h2: or jdbc:postgresql:)");
    }

    /** The folder of its migrations. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
