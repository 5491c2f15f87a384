package dev.skein.node.route;

import org.jspecify.annotations.Nullable;

/**
 * Names of topic levels that were seen lately, so that one that stands below each of a million devices is kept once.
 * Threads race for the places without harm: a string is whole whoever made it, and a lost one is only kept twice.
 */
final class LevelNames {
    private static final int PLACES = 4096;
    private static final @Nullable String[] NAMES = new String[PLACES];

    private LevelNames() {}

    /** An equal name, mostly the same object for all that ask for it. */
    static String shared(String level) {
        int place = level.hashCode() & PLACES - 1;
        String known = NAMES[place];
        if (level.equals(known)) {
            return known;
        }
        NAMES[place] = level;
        return level;
    }
}
