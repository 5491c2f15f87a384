package dev.skein.node.config;

import com.typesafe.config.Config;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreFiles;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.persistence.schema.JdbcAddress;
import dev.skein.protocol.wire.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the state is kept, read from {@code skein.storage}.
 *
 * @param directory of the embedded database, also when another is used
 * @param url JDBC address
 * @param poolSize connections of the store, 2..100
 * @param patience how long a node that starts waits for a database that is not there, 0 s to an hour
 * @param diskReserve bytes that the disk of the embedded database is to have left; -1: a part of it, 0: no bound
 * @param store what the message store keeps, and for how long
 */
public record StorageConfig(
        Path directory,
        String url,
        String user,
        String password,
        int poolSize,
        Duration patience,
        long diskReserve,
        StoreSettings store) {
    private static final int POOL_MAX = 100;

    /** Checks the range. */
    public StorageConfig {
        if (poolSize < 2 || poolSize > POOL_MAX) {
            throw new IllegalArgumentException(
                    "skein.storage.jdbc.pool-size: " + poolSize + " (expected: 2.." + POOL_MAX + ")");
        }
    }

    /**
     * Reads and checks the section {@code skein.storage}; an exception names the key.
     *
     * @param nodeName name of this node in the cluster
     */
    static StorageConfig from(Config storage, String nodeName) {
        String named = storage.getString("directory");
        if (named.indexOf(';') >= 0) { // behind it H2 reads settings, and runs some of them
            throw new IllegalArgumentException(
                    "skein.storage.directory: " + named + " (expected: a directory without ; in its name)");
        }
        Path directory = Path.of(named);
        String url = storage.getString("jdbc.url");
        JdbcAddress.violation(url).ifPresent(violation -> {
            throw new IllegalArgumentException(
                    "skein.storage.jdbc.url: " + JdbcAddress.masked(url) + " (expected: " + violation + ")");
        });
        return new StorageConfig(
                directory,
                url.isEmpty() ? JdbcStores.h2Url(directory) : url,
                storage.getString("jdbc.user"),
                storage.getString("jdbc.password"),
                storage.getInt("jdbc.pool-size"),
                duration(storage, "jdbc.wait", Duration.ZERO, Duration.ofHours(1)),
                diskReserve(storage),
                store(storage, nodeName));
    }

    private static StoreSettings store(Config storage, String nodeName) {
        return new StoreSettings(
                duration(storage, "max-age", Duration.ofMinutes(1), Duration.ofDays(365)),
                number(storage, "max-session-messages", 100_000_000L),
                number(storage, "max-instance-messages", 10_000_000_000L),
                duration(storage, "sweep-interval", Duration.ofSeconds(1), Duration.ofDays(1)),
                (int) number(storage, "batch-messages", 100_000L),
                nodeName,
                durability(storage.getString("durability")),
                bytes(storage, "max-session-bytes"),
                bytes(storage, "max-instance-bytes"));
    }

    private static long diskReserve(Config storage) {
        String value = storage.getString("disk-reserve");
        if (value.equals("auto")) {
            return -1;
        }
        long bytes = storage.getBytes("disk-reserve");
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "skein.storage.disk-reserve: " + value + " (expected: auto, or 0 or more bytes)");
        }
        return bytes;
    }

    private static long bytes(Config storage, String key) {
        long bytes = storage.getBytes(key);
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "skein.storage." + key + ": " + storage.getString(key) + " (expected: 1 or more bytes)");
        }
        return bytes;
    }

    private static StoreDurability durability(String value) {
        return switch (value) {
            case "disk" -> StoreDurability.DISK;
            case "process" -> StoreDurability.PROCESS;
            default ->
                throw new IllegalArgumentException(
                        "skein.storage.durability: " + value + " (expected: disk or process)");
        };
    }

    private static long number(Config storage, String key, long max) {
        long value = storage.getLong(key);
        if (value < 1 || value > max) {
            throw new IllegalArgumentException("skein.storage." + key + ": " + value + " (expected: 1.." + max + ")");
        }
        return value;
    }

    private static Duration duration(Config storage, String key, Duration min, Duration max) {
        Duration value = storage.getDuration(key);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("skein.storage." + key + ": " + DurationText.of(value) + " (expected: "
                    + DurationText.range(min, max) + ")");
        }
        return value;
    }

    /** The files of the embedded database; empty for another one. */
    public Optional<StoreFiles> files() {
        return JdbcStores.files(url, user, password, store);
    }

    /** Whether it is the embedded H2. */
    public boolean embedded() {
        return url.startsWith("jdbc:h2:");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "StorageConfig[" + JdbcAddress.masked(url) + ", " + user + "]";
    }
}
