package dev.skein.node.governor;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the heap holds after a collection. Those pools count in which objects stay: what stands in eden before a
 * collection is no pressure. A pool of the old generation tells what it held after the last collection that looked at
 * all of it: a full one of Serial and Parallel, a mixed one or the end of a marking of G1, a cycle of ZGC and
 * Shenandoah. That figure may be old, so it counts for no more than what is in use now.
 */
final class HeapUse implements MemoryUse {
    private static final Pattern EDEN_OR_SURVIVOR = Pattern.compile(".*(Eden|Survivor).*");
    private static final Pattern YOUNG = Pattern.compile(".*Young.*");

    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
            .filter(pool -> !EDEN_OR_SURVIVOR.matcher(pool.getName()).matches())
            .toList();
    private final List<MemoryPoolMXBean> old = pools.stream()
            .filter(pool -> !YOUNG.matcher(pool.getName()).matches())
            .toList();

    /** The collectors of this JVM. */
    static List<GarbageCollectorMXBean> collectors() {
        return ManagementFactory.getGarbageCollectorMXBeans();
    }

    @Override
    public String what() {
        return "heap";
    }

    @Override
    public long used() {
        long now = pools.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
        return Math.min(afterCollection(pools), now);
    }

    /** The pools of ZGC share the heap: each may have all of it. */
    @Override
    public long max() {
        return pools.stream().mapToLong(pool -> pool.getUsage().getMax()).max().orElse(0);
    }

    /** What the last collection of the old generation has left: another figure when there was another one. */
    long lastCollected() {
        return afterCollection(old);
    }

    private static long afterCollection(List<MemoryPoolMXBean> pools) {
        return pools.stream()
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }
}
