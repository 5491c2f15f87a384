package dev.skein.node.route;

import dev.skein.protocol.topic.SharedFilters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shared subscriptions below one parent topic, by group and filter. Writers exclude one another; readers wait for none.
 */
final class SharedRoutes {
    private final FilterTrie<SharedGroup> trie = new FilterTrie<>();
    private final Map<String, SharedGroup> groups = new ConcurrentHashMap<>();

    /** Adds a route of {@code filter}: to its group when it is shared, else to {@code plain}. */
    <E extends TrieEntry> void add(String filter, E route, FilterTrie<E> plain) {
        if (SharedFilters.isShared(filter)) {
            add(filter, route);
        } else {
            plain.add(filter, route);
        }
    }

    /** Removes what {@link #add(String, TrieEntry, FilterTrie)} added; nothing happens when it is not there. */
    <E extends TrieEntry> void remove(String filter, E route, FilterTrie<E> plain) {
        if (SharedFilters.isShared(filter)) {
            remove(filter, route);
        } else {
            plain.remove(filter, route);
        }
    }

    private synchronized void add(String filter, TrieEntry member) {
        SharedGroup group = groups.get(filter);
        if (group == null) {
            group = new SharedGroup(filter);
            group.add(member); // before it can be found: a group that is found has members
            groups.put(filter, group);
            trie.add(SharedFilters.matched(filter), group);
        } else {
            group.add(member);
        }
    }

    private synchronized void remove(String filter, TrieEntry member) {
        SharedGroup group = groups.get(filter);
        if (group != null) {
            group.remove(member);
            if (group.isEmpty()) {
                groups.remove(filter);
                trie.remove(SharedFilters.matched(filter), group);
            }
        }
    }

    /** The group of {@code filter}, or null. */
    @Nullable
    SharedGroup find(String filter) {
        return groups.get(filter);
    }

    /** Tells {@code action} each group that gets {@code topic}. */
    void match(String topic, Consumer<SharedGroup> action) {
        if (!groups.isEmpty()) {
            trie.match(topic, action);
        }
    }

    /** The filters that live connections of this node share. */
    void forEachLocalFilter(Consumer<String> action) {
        groups.values().stream()
                .filter(group -> group.local().length > 0)
                .map(SharedGroup::filter)
                .forEach(action);
    }

    /** Live members of this node in all groups. */
    int localSize() {
        return groups.values().stream().mapToInt(group -> group.local().length).sum();
    }

    /** Nodes in all groups. */
    int remoteSize() {
        return groups.values().stream().mapToInt(group -> group.remote().length).sum();
    }

    /** Persistent members in all groups. */
    int sessionSize() {
        return groups.values().stream()
                .mapToInt(group -> group.sessions().length)
                .sum();
    }
}
