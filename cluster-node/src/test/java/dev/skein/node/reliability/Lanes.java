package dev.skein.node.reliability;

/**
 * Names for {@code @ResourceLock}: a test with several nodes takes one of two lanes, so that two clusters at the most
 * share the machine. With more, nodes of two processors lose touch with one another.
 */
public final class Lanes {
    /** One cluster at a time. */
    public static final String FIRST = "first lane of clusters";

    /** Another one at a time. */
    public static final String SECOND = "second lane of clusters";

    private Lanes() {}
}
