package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Who sends to whom. Publisher p and subscriber s belong together when {@code p % groups == s % groups}: pairs are as
 * many groups as publishers, a fan-in has a group for each subscriber, a fan-out has one group.
 *
 * @param publishers 1 upward
 * @param subscribers 1 upward
 * @param groups 1..min(publishers, subscribers)
 */
public record Topology(int publishers, int subscribers, int groups) {
    /** Above this many publishers in a group, its subscribers use a wildcard in place of one filter for each. */
    static final int MOST_FILTERS = 8;

    /** Refuses shapes in which somebody has nobody to talk to. */
    public Topology {
        atLeastOne("publishers", publishers);
        atLeastOne("subscribers", subscribers);
        if (groups < 1 || groups > Math.min(publishers, subscribers)) {
            throw new IllegalArgumentException(
                    "groups: " + groups + " (expected: 1.." + Math.min(publishers, subscribers) + ")");
        }
    }

    /** Each publisher has its own subscriber. */
    public static Topology pairs(int pairs) {
        atLeastOne("pairs", pairs);
        return new Topology(pairs, pairs, pairs);
    }

    /** Every subscriber receives from every publisher. */
    public static Topology fanOut(int publishers, int subscribers) {
        return new Topology(publishers, subscribers, 1);
    }

    /** The publishers are dealt out to the subscribers. */
    public static Topology fanIn(int publishers, int subscribers) {
        if (publishers < subscribers) {
            throw new IllegalArgumentException(
                    "publishers: " + publishers + " (expected: at least as many as subscribers, " + subscribers + ")");
        }
        return new Topology(publishers, subscribers, subscribers);
    }

    /** How many subscribers receive what publisher {@code publisher} sends. */
    public int receivers(int publisher) {
        return membersOf(publisher % groups, subscribers);
    }

    /** How many publishers subscriber {@code subscriber} receives from. */
    public int sources(int subscriber) {
        return membersOf(subscriber % groups, publishers);
    }

    /** Whether {@code subscriber} should receive from {@code publisher}; false for a number that does not exist. */
    public boolean connects(int publisher, int subscriber) {
        return publisher >= 0 && publisher < publishers && publisher % groups == subscriber % groups;
    }

    /** The place of a publisher among the sources of its subscribers, 0 upward. */
    public int sourceIndex(int publisher) {
        return publisher / groups;
    }

    /** The publisher at a place among a subscriber's sources. */
    public int publisherAt(int subscriber, int sourceIndex) {
        return sourceIndex * groups + subscriber % groups;
    }

    /** The event loop of a publisher: with its subscribers where there is a group for each loop. */
    public int publisherLoop(int publisher, int loops) {
        return (groups >= loops ? publisher % groups : publisher) % loops;
    }

    /** The event loop of a subscriber. */
    public int subscriberLoop(int subscriber, int loops) {
        return (groups >= loops ? subscriber % groups : subscriber) % loops;
    }

    /** The topic of a publisher, under {@code root}. */
    public String topic(String root, int publisher) {
        return root + "/" + publisher % groups + "/" + publisher;
    }

    /** What a subscriber subscribes to, under {@code root}. */
    public List<String> filters(String root, int subscriber) {
        int sources = sources(subscriber);
        if (sources > MOST_FILTERS) {
            return List.of(root + "/" + subscriber % groups + "/+");
        }
        List<String> filters = new ArrayList<>(sources);
        for (int i = 0; i < sources; i++) {
            filters.add(topic(root, publisherAt(subscriber, i)));
        }
        return filters;
    }

    private int membersOf(int group, int all) {
        return (all - group + groups - 1) / groups;
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}
