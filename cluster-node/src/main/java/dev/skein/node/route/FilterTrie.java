package dev.skein.node.route;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Topic filters and what subscribed to them (MQTT 3.1.1 section 4.7), one node for each level.
 *
 * <p>Writers exclude one another; readers take no lock and see every entry that was added before they began and not
 * removed since. The work of a match grows with the levels of the topic, not with the number of filters.
 */
public final class FilterTrie<E extends TrieEntry> {
    private final Node<E> root = new Node<>();
    private int size;

    /** Adds {@code entry} under a valid filter. */
    public synchronized void add(String filter, E entry) {
        Node<E> node = root;
        int from = 0;
        while (true) {
            int slash = filter.indexOf('/', from);
            String level = level(filter, from, slash);
            if (level.equals("#")) {
                node.subtree().add(entry);
                break;
            }
            node = level.equals("+") ? node.plus() : node.child(LevelNames.shared(level));
            if (slash < 0) {
                node.exact().add(entry);
                break;
            }
            from = slash + 1;
        }
        size++;
    }

    /** Takes {@code entry} out from under {@code filter}; returns whether it was there. */
    public synchronized boolean remove(String filter, E entry) {
        List<Node<E>> path = new ArrayList<>(); // no recursion: a filter may have 65,535 levels
        Node<E> node = root;
        int from = 0;
        while (true) {
            int slash = filter.indexOf('/', from);
            String level = level(filter, from, slash);
            if (level.equals("#")) {
                return removed(node.removeSubtree(entry), path, node, filter);
            }
            Node<E> next = level.equals("+") ? node.plus : node.find(level);
            if (next == null) {
                return false;
            }
            path.add(node);
            node = next;
            if (slash < 0) {
                return removed(node.removeExact(entry), path, node, filter);
            }
            from = slash + 1;
        }
    }

    private boolean removed(boolean removed, List<Node<E>> path, Node<E> last, String filter) {
        if (removed) {
            size--;
            prune(path, last, filter);
        }
        return removed;
    }

    /** Takes out the nodes that hold nothing any more, from {@code last} upwards. */
    private static <E extends TrieEntry> void prune(List<Node<E>> path, Node<E> last, String filter) {
        Node<E> node = last;
        int end = filter.endsWith("#") ? Math.max(0, filter.length() - 2) : filter.length();
        for (int i = path.size() - 1; i >= 0 && node.isEmpty(); i--) {
            int slash = filter.lastIndexOf('/', end - 1);
            String level = filter.substring(slash + 1, end);
            Node<E> parent = path.get(i);
            if (level.equals("+")) {
                parent.plus = null;
            } else {
                parent.drop(level);
            }
            node = parent;
            end = slash;
        }
    }

    private static String level(String text, int from, int slash) {
        return slash < 0 ? text.substring(from) : text.substring(from, slash);
    }

    /** Whether any entry stands under {@code filter}, word for word. */
    public synchronized boolean contains(String filter) {
        Node<E> node = root;
        int from = 0;
        while (true) {
            int slash = filter.indexOf('/', from);
            String level = level(filter, from, slash);
            if (level.equals("#")) {
                return node.subtree != null;
            }
            Node<E> next = level.equals("+") ? node.plus : node.find(level);
            if (next == null || slash < 0) {
                return next != null && next.exact != null;
            }
            node = next;
            from = slash + 1;
        }
    }

    /** Gives every filter that has an entry to {@code action}, each once; writers wait meanwhile. */
    public synchronized void forEachFilter(Consumer<String> action) {
        ArrayDeque<Place<E>> open = new ArrayDeque<>();
        open.add(new Place<>("", root));
        for (Place<E> place = open.poll(); place != null; place = open.poll()) {
            Node<E> node = place.node();
            String below = node == root ? "" : place.filter() + "/";
            if (node.exact != null) {
                action.accept(place.filter());
            }
            if (node.subtree != null) {
                action.accept(below + "#");
            }
            if (node.plus != null) {
                open.push(new Place<>(below + "+", node.plus));
            }
            node.forEachChild((level, child) -> open.push(new Place<>(below + level, child)));
        }
    }

    private record Place<E extends TrieEntry>(String filter, Node<E> node) {}

    /** Number of entries. */
    public synchronized int size() {
        return size;
    }

    /**
     * Gives every entry whose filter matches {@code topic} to {@code action}, an entry under each of its filters.
     *
     * <p>A topic that begins with {@code $} is not matched by a wildcard in the first level [MQTT-4.7.2-1].
     */
    public void match(String topic, Consumer<? super E> action) {
        boolean wildcards = topic.isEmpty() || topic.charAt(0) != '$';
        Node<E> node = root;
        int from = 0;
        Branch<E> branches = null;
        while (true) { // no recursion: a topic may have 65,535 levels
            Node<E> next = null;
            if (from < 0) {
                node.give(action);
            } else {
                EntryList<E> subtree = node.subtree;
                if (subtree != null && wildcards) {
                    subtree.forEach(action);
                }
                int slash = topic.indexOf('/', from);
                Node<E> plus = wildcards ? node.plus : null;
                Node<E> child = node.isLeaf() ? null : node.find(level(topic, from, slash));
                from = slash < 0 ? -1 : slash + 1;
                wildcards = true;
                if (child != null && plus != null) {
                    branches = new Branch<>(plus, from, branches);
                }
                next = child != null ? child : plus;
            }
            if (next == null) {
                if (branches == null) {
                    return;
                }
                next = branches.node();
                from = branches.from();
                branches = branches.next();
            }
            node = next;
        }
    }

    /** A way still to go: {@code node} with the levels of the topic from {@code from}, -1 when there are no more. */
    private record Branch<E extends TrieEntry>(
            Node<E> node, int from, @Nullable Branch<E> next) {}

    /** One level. Few children stand in a sorted-by-arrival array, many in a concurrent map. */
    private static final class Node<E extends TrieEntry> {
        private static final int ARRAY_MAX = 8;

        private volatile @Nullable Object children;
        private volatile @Nullable Node<E> plus;
        private volatile @Nullable EntryList<E> exact;
        private volatile @Nullable EntryList<E> subtree;

        boolean isLeaf() {
            return children == null;
        }

        boolean isEmpty() {
            return children == null && plus == null && exact == null && subtree == null;
        }

        EntryList<E> exact() {
            EntryList<E> list = exact;
            if (list == null) {
                list = new EntryList<>();
                exact = list;
            }
            return list;
        }

        EntryList<E> subtree() {
            EntryList<E> list = subtree;
            if (list == null) {
                list = new EntryList<>();
                subtree = list;
            }
            return list;
        }

        Node<E> plus() {
            Node<E> node = plus;
            if (node == null) {
                node = new Node<>();
                plus = node;
            }
            return node;
        }

        /** What stands at the end of a topic; "a/#" matches "a" too (section 4.7.1.2). */
        void give(Consumer<? super E> action) {
            EntryList<E> here = exact;
            if (here != null) {
                here.forEach(action);
            }
            EntryList<E> below = subtree;
            if (below != null) {
                below.forEach(action);
            }
        }

        boolean removeSubtree(E entry) {
            EntryList<E> list = subtree;
            boolean removed = list != null && list.remove(entry);
            if (list != null && list.isEmpty()) {
                subtree = null;
            }
            return removed;
        }

        boolean removeExact(E entry) {
            EntryList<E> list = exact;
            boolean removed = list != null && list.remove(entry);
            if (list != null && list.isEmpty()) {
                exact = null;
            }
            return removed;
        }

        @SuppressWarnings("unchecked") // an array holds name, node, name, node ...
        @Nullable
        Node<E> find(String level) {
            Object now = children;
            if (now instanceof Object[] pairs) {
                for (int i = 0; i < pairs.length; i += 2) {
                    if (level.equals(pairs[i])) {
                        return (Node<E>) pairs[i + 1];
                    }
                }
                return null;
            }
            return now == null ? null : ((ConcurrentHashMap<String, Node<E>>) now).get(level);
        }

        @SuppressWarnings("unchecked")
        void forEachChild(BiConsumer<String, Node<E>> action) {
            Object now = children;
            if (now instanceof Object[] pairs) {
                for (int i = 0; i < pairs.length; i += 2) {
                    action.accept((String) pairs[i], (Node<E>) pairs[i + 1]);
                }
            } else if (now != null) {
                ((ConcurrentHashMap<String, Node<E>>) now).forEach(action);
            }
        }

        @SuppressWarnings("unchecked")
        Node<E> child(String level) {
            Node<E> found = find(level);
            if (found != null) {
                return found;
            }
            Node<E> added = new Node<>();
            Object now = children;
            if (now instanceof ConcurrentHashMap<?, ?> map) {
                ((ConcurrentHashMap<String, Node<E>>) map).put(level, added);
                return added;
            }
            Object[] pairs = now == null ? new Object[0] : (Object[]) now;
            if (pairs.length == 2 * ARRAY_MAX) {
                ConcurrentHashMap<String, Node<E>> map = new ConcurrentHashMap<>(4 * ARRAY_MAX);
                for (int i = 0; i < pairs.length; i += 2) {
                    map.put((String) pairs[i], (Node<E>) pairs[i + 1]);
                }
                map.put(level, added);
                children = map;
            } else {
                Object[] grown = Arrays.copyOf(pairs, pairs.length + 2);
                grown[pairs.length] = level;
                grown[pairs.length + 1] = added;
                children = grown;
            }
            return added;
        }

        void drop(String level) {
            Object now = children;
            if (now instanceof ConcurrentHashMap<?, ?> map) {
                map.remove(level);
                if (map.isEmpty()) {
                    children = null;
                }
                return;
            }
            if (now instanceof Object[] pairs) {
                children = without(pairs, level);
            }
        }

        private static Object @Nullable [] without(Object[] pairs, String level) {
            if (pairs.length == 2) {
                return null;
            }
            Object[] kept = new Object[pairs.length - 2];
            int n = 0;
            for (int i = 0; i < pairs.length; i += 2) {
                if (!level.equals(pairs[i])) {
                    kept[n++] = pairs[i];
                    kept[n++] = pairs[i + 1];
                }
            }
            return kept;
        }
    }
}
