package dev.skein.node.route;

/** What a {@link FilterTrie} holds; an entry stands in one list of one trie and knows its place there. */
public abstract class TrieEntry {
    /** Place in its {@link EntryList}, -1 when it is in none; touched by writers under the trie's lock only. */
    int index = -1;
}
