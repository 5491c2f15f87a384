package dev.skein.node.observe;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * Settings of {@code skein.metrics}. Defaults live in {@code reference.conf} alone.
 *
 * @param maxParentTopics parent topics with figures of their own, over all instances, 0..100000
 */
public record MetricsSettings(int maxParentTopics) {
    private static final int TOPICS_MAX = 100_000;

    /** Checks ranges. */
    public MetricsSettings {
        if (maxParentTopics < 0 || maxParentTopics > TOPICS_MAX) {
            throw new ConfigException.Generic(
                    "skein.metrics.max-parent-topics: %d (expected: 0..%d)".formatted(maxParentTopics, TOPICS_MAX));
        }
    }

    /** Reads the section {@code skein.metrics}. */
    public static MetricsSettings from(Config metrics) {
        return new MetricsSettings(metrics.getInt("max-parent-topics"));
    }
}
