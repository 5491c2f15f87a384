package dev.skein.node.config;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds of bytes that a user has set and that are to protect the heap: above a part of it they do not, and a flood
 * ends the node before they hold. What {@code auto} gives fits.
 */
final class HeapShares {
    private static final String AUTO = "auto";
    private static final int MIB = 1 << 20;

    /** Key below {@code skein}, and which part of the heap it may be. */
    private record Share(String key, int part, String words) {}

    private static final List<Share> SHARES =
            List.of(new Share("edge.memory-max", 2, "half"), new Share("storage.max-pending-bytes", 4, "a quarter"));

    private HeapShares() {}

    /** Names each that is too much for this JVM; {@code config} is a whole one that can be read. */
    static List<String> problems(Config config) {
        return problems(config.getConfig("skein"), Runtime.getRuntime().maxMemory());
    }

    /**
     * Names each that is too much.
     *
     * @param skein the section {@code skein}, which can be read
     * @param heap bytes
     */
    static List<String> problems(Config skein, long heap) {
        List<String> problems = new ArrayList<>();
        for (Share share : SHARES) {
            long most = heap / share.part();
            if (!skein.getString(share.key()).equals(AUTO) && skein.getBytes(share.key()) > most) {
                problems.add("skein.%s: %s (expected: auto, or at most %dMiB: %s of the heap, which -Xmx sets)"
                        .formatted(share.key(), skein.getString(share.key()), most / MIB, share.words()));
            }
        }
        return problems;
    }
}
