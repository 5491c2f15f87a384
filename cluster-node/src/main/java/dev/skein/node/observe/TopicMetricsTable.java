package dev.skein.node.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The parent topics with figures of their own, at most so many of them. Thread-safe. */
final class TopicMetricsTable {
    private final int max;
    private final Meters meters;
    private final Map<Key, Slot> slots = new ConcurrentHashMap<>();
    private int own;

    TopicMetricsTable(int max, Meters meters) {
        this.max = max;
        this.meters = meters;
    }

    TopicMetrics get(String instance, String parentTopic) {
        Slot present = slots.get(new Key(instance, parentTopic));
        return present == null ? make(new Key(instance, parentTopic)).metrics() : present.metrics();
    }

    synchronized void remove(String instance, String parentTopic) {
        Key key = new Key(instance, parentTopic);
        if (key.isOther()) {
            return;
        }
        Slot slot = slots.remove(key);
        if (slot != null) {
            own--;
            slot.unregister();
            slot.metrics().foldInto(make(key.other()).metrics());
        }
    }

    private synchronized Slot make(Key key) {
        Slot present = slots.get(key);
        if (present != null) {
            return present;
        }
        if (!key.isOther() && own >= max) {
            return make(key.other());
        }
        own += key.isOther() ? 0 : 1;
        Slot made = new Slot(key, meters);
        slots.put(key, made);
        return made;
    }

    private record Key(String instance, String parentTopic) {
        boolean isOther() {
            return parentTopic.equals(NodeMetrics.OTHER);
        }

        Key other() {
            return new Key(instance, NodeMetrics.OTHER);
        }
    }

    /** One parent topic and the series that it has registered. */
    private static final class Slot {
        private final Key key;
        private final Meters meters;
        private final TopicMetrics metrics;
        private final List<Runnable> unregister = new ArrayList<>();
        private boolean gone;

        Slot(Key key, Meters meters) {
            this.key = key;
            this.meters = meters;
            this.metrics = new TopicMetrics(this::register);
        }

        TopicMetrics metrics() {
            return metrics;
        }

        private synchronized LongAdder register(MetricName name, String label) {
            if (gone) {
                return new LongAdder();
            }
            String[] values = name.labels().size() == 2
                    ? new String[] {key.instance(), key.parentTopic()}
                    : new String[] {key.instance(), key.parentTopic(), label};
            unregister.add(() -> meters.remove(name, values));
            return meters.counter(name, values);
        }

        synchronized void unregister() {
            gone = true;
            unregister.forEach(Runnable::run);
            unregister.clear();
        }
    }
}
