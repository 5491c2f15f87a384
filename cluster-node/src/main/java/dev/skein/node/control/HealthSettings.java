package dev.skein.node.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.skein.node.net.Hosts;

/**
 * The port of the health checks alone, read from {@code skein.health}. Defaults live in {@code reference.conf} alone.
 *
 * @param enabled whether it opens
 * @param hosts addresses to listen at
 * @param port 0..65535; 0 takes any free port
 */
public record HealthSettings(boolean enabled, Hosts hosts, int port) {
    private static final int PORT_MAX = 65_535;

    /** Checks ranges. */
    public HealthSettings {
        if (port < 0 || port > PORT_MAX) {
            throw new ConfigException.Generic("skein.health.port: %d (expected: 0..%d)".formatted(port, PORT_MAX));
        }
    }

    /**
     * Reads the section.
     *
     * @param health the section {@code skein.health}
     * @throws ConfigException for a missing, ill-typed or out-of-range key, naming it
     */
    public static HealthSettings from(Config health) {
        return new HealthSettings(
                health.getBoolean("enabled"), Hosts.from("skein.health", health), health.getInt("port"));
    }
}
