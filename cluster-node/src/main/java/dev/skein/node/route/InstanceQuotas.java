package dev.skein.node.route;

import dev.skein.persistence.api.Overview.Usage;

/** What one instance may have. */
public final class InstanceQuotas {
    /** Until they are counted for the first time, so little is written that a restart makes no difference. */
    private static final int FIRST_RETAINED = 16;

    private final Quota filters;
    private final Quota retained;
    private final long retainedOfParent;

    /**
     * @param filters topic filters of all sessions, and their characters; 0 for no limit
     * @param retained bytes of all retained messages, of their payloads and topics; 0 for no limit
     * @param retainedOfParent the same of one parent topic
     */
    public InstanceQuotas(Usage filters, long retained, long retainedOfParent) {
        this.filters = new Quota(filters, 1); // clients that come back after a restart bring theirs again
        this.retained = new Quota(new Usage(0, retained), FIRST_RETAINED);
        this.retainedOfParent = retainedOfParent == 0 ? Long.MAX_VALUE : retainedOfParent;
    }

    /** Without limits. */
    public static InstanceQuotas none() {
        return new InstanceQuotas(Usage.NONE, 0, 0);
    }

    /** Topic filters of all sessions. */
    public Quota filters() {
        return filters;
    }

    /** Retained messages. */
    public Quota retained() {
        return retained;
    }

    /** Bytes that one parent topic may have of {@link #retained}. */
    public long retainedOfParent() {
        return retainedOfParent;
    }
}
