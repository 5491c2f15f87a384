package dev.skein.node.governor;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the heap holds after a collection. Those pools count in which objects stay: what stands in eden before a
 * collection is no pressure. A pool of the old generation tells what it held after the last collection that looked at
 * all of it: a full one of Serial and Parallel, a mixed one or the end of a marking of G1, each cycle of ZGC and
 * Shenandoah. That figure is old where no such collection has come since, so it counts no more than what is in use now.
 */
final class HeapUse implements MemoryUse {
    private static final Pattern YOUNG_OF_COPYING = Pattern.compile(".*(Eden|Survivor).*");

    private final List<MemoryPoolMXBean> pools;
    private final List<GarbageCollectorMXBean> collectors;

    HeapUse() {
        pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .filter(pool -> !YOUNG_OF_COPYING.matcher(pool.getName()).matches())
                .toList();
        Set<String> names = pools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toSet());
        collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> names.stream().anyMatch(List.of(collector.getMemoryPoolNames())::contains))
                .toList();
    }

    /** Those that collect what counts. */
    List<GarbageCollectorMXBean> collectors() {
        return collectors;
    }

    /** How often what counts was collected. */
    long collections() {
        return collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    @Override
    public String what() {
        return "heap";
    }

    @Override
    public long used() {
        return Math.min(sum(MemoryPoolMXBean::getCollectionUsage), sum(MemoryPoolMXBean::getUsage));
    }

    /** The pools of ZGC share the heap, so that each may have all of it. */
    @Override
    public long max() {
        return pools.stream()
                .mapToLong(pool -> pool.getUsage().getMax())
                .max()
                .orElse(0);
    }

    private long sum(java.util.function.Function<MemoryPoolMXBean, @Nullable MemoryUsage> usage) {
        ToLongFunction<MemoryPoolMXBean> used = pool -> {
            MemoryUsage now = usage.apply(pool);
            return now == null ? 0 : now.getUsed();
        };
        return pools.stream().mapToLong(used).sum();
    }
}
