package dev.skein.loadtest.suite;

/** What is compared. */
public enum Figure {
    /** Messages that arrived at subscribers. */
    DELIVERIES("deliveries/s", true),
    /** CPU time of the broker's process. */
    CPU_DELIVERY("CPU us a delivery", false),
    /** Median latency. */
    P50("p50 ms", false),
    /** 99th percentile of the latency. */
    P99("p99 ms", false),
    /** 99.9th percentile of the latency. */
    P999("p99.9 ms", false),
    /** Connections that were answered. */
    CONNECTS("connects/s", true),
    /** CPU time of the broker's process. */
    CPU_CONNECT("CPU us a connect", false),
    /** Resident memory beyond the empty broker. */
    MEMORY("KiB a connection", false);

    private final String title;
    private final boolean moreIsBetter;

    Figure(String title, boolean moreIsBetter) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
    }

    /** Name with unit. */
    public String title() {
        return title;
    }

    /** Whether a broker is better when it has more of it. */
    public boolean moreIsBetter() {
        return moreIsBetter;
    }
}
