package dev.skein.node.auth;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Bounds of logging in, read from {@code skein.auth}.
 *
 * @param failuresBurst failures that one user at one address may have at once; 1..1000000
 * @param failuresPerSecond how many of them are forgiven each second; 0.001..100000
 * @param failuresAddresses users at addresses, and addresses, remembered at the most; 1..10000000
 * @param hashThreads threads that check password hashes; 1..256
 * @param hashQueue passwords that wait to be checked at the most, and as many that wait because others failed;
 *     1..1000000
 * @param verifiedCache right credentials, and wrong ones, remembered at the most, 0..10000000; 0 checks the hash each
 *     time
 */
public record AuthSettings(
        int failuresBurst,
        double failuresPerSecond,
        int failuresAddresses,
        int hashThreads,
        int hashQueue,
        int verifiedCache) {

    /**
     * Reads every key.
     *
     * @param auth the section {@code skein.auth}
     * @throws ConfigException naming the full key that is missing or wrong
     */
    public static AuthSettings from(Config auth) {
        return new AuthSettings(
                integer(auth, "failures-burst", 1, 1_000_000),
                failuresPerSecond(auth),
                integer(auth, "failures-addresses", 1, 10_000_000),
                integer(auth, "hash-threads", 1, 256),
                integer(auth, "hash-queue", 1, 1_000_000),
                integer(auth, "verified-cache", 0, 10_000_000));
    }

    /** An executor with {@link #hashThreads} daemon threads; what waits for one is in a queue before it. */
    public ExecutorService newHashExecutor() {
        return new ThreadPoolExecutor(
                hashThreads,
                hashThreads,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("skein-hash-", 0).factory());
    }

    private static int integer(Config auth, String key, int min, int max) {
        int value = auth.getInt(key);
        if (value < min || value > max) {
            throw wrong(auth, key, "%d..%d".formatted(min, max));
        }
        return value;
    }

    private static double failuresPerSecond(Config auth) {
        double value = auth.getDouble("failures-per-second");
        if (!(value >= 0.001 && value <= 100_000)) {
            throw wrong(auth, "failures-per-second", "0.001..100000");
        }
        return value;
    }

    private static ConfigException wrong(Config auth, String key, String expected) {
        return new ConfigException.Generic(
                "skein.auth.%s: %s (expected: %s)".formatted(key, auth.getString(key), expected));
    }
}
