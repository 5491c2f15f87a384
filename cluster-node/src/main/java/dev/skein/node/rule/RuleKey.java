package dev.skein.node.rule;

import org.jspecify.annotations.Nullable;

/** Names one rule of one instance. */
record RuleKey(String instance, String id) {
    private static final String CLIENTS = "/clients";

    /** Names the spool of the rule on a node. */
    String spool(String node) {
        return prefix() + node;
    }

    /** Names the list of clients that are on a node. */
    String clients(String node) {
        return prefix() + node + CLIENTS;
    }

    /** With which all its names begin. */
    String prefix() {
        return instance + "/" + id + "/";
    }

    /** What the nodes of the cluster share as consumers. */
    String group() {
        return "skein-" + instance + "-" + id;
    }

    /**
     * What a name tells.
     *
     * @param node whose it is
     * @param ofClients whether it is a list of clients
     */
    record Named(RuleKey key, String node, boolean ofClients) {
        static @Nullable Named of(String name) {
            int first = name.indexOf('/');
            int second = name.indexOf('/', first + 1);
            if (first < 0 || second < 0) {
                return null;
            }
            boolean ofClients = name.endsWith(CLIENTS);
            int end = ofClients ? name.length() - CLIENTS.length() : name.length();
            if (end <= second) {
                return null;
            }
            return new Named(
                    new RuleKey(name.substring(0, first), name.substring(first + 1, second)),
                    name.substring(second + 1, end),
                    ofClients);
        }
    }

    @Override
    public String toString() {
        return "rule " + id + " of instance " + instance;
    }
}
