package dev.skein.node.route;

import dev.skein.persistence.api.Overview.Usage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of one kind of thing an instance may have, over all nodes and in the store. What this node adds and takes
 * away counts at once; what others do counts from the next {@link #look} on, which comes every few seconds. What is
 * there already stays, however much it is. Thread-safe.
 */
public final class Quota {
    private final Usage limit;
    private final AtomicLong live = new AtomicLong();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    /** What {@link #here} may grow to. */
    private volatile Usage allowed;

    private volatile Usage total = Usage.NONE;

    /**
     * What one node has put there.
     *
     * @param live entries that it holds and that are gone with it
     * @param liveBytes bytes of these
     * @param written entries that it has written to the store since it began, less those that it has removed
     * @param writtenBytes bytes of these
     */
    public record Holding(long live, long liveBytes, long written, long writtenBytes) {
        /** Nothing. */
        public static final Holding NONE = new Holding(0, 0, 0, 0);
    }

    /**
     * Nothing is there yet, as far as is known.
     *
     * @param limit entries and bytes; 0 for no limit
     * @param parts before the first {@link #look} one of so many parts of it may be used
     */
    Quota(Usage limit, int parts) {
        this.limit = new Usage(
                limit.entries() == 0 ? Long.MAX_VALUE : limit.entries(),
                limit.bytes() == 0 ? Long.MAX_VALUE : limit.bytes());
        this.allowed = new Usage(this.limit.entries() / parts, this.limit.bytes() / parts);
    }

    /** Whether so much more may be added; always, when it is nothing. */
    public boolean hasRoom(long entries, long bytes) {
        Usage most = allowed;
        return (entries <= 0 || live.get() + written.get() + entries <= most.entries())
                && (bytes <= 0 || liveBytes.get() + writtenBytes.get() + bytes <= most.bytes());
    }

    /** So much more, or less, is held here, and gone with this node. */
    public void live(long entries, long bytes) {
        live.addAndGet(entries);
        liveBytes.addAndGet(bytes);
    }

    /** So much more, or less, is in the store. */
    public void written(long entries, long bytes) {
        written.addAndGet(entries);
        writtenBytes.addAndGet(bytes);
    }

    /** What this node has put there. */
    public Holding here() {
        return new Holding(live.get(), liveBytes.get(), written.get(), writtenBytes.get());
    }

    /**
     * All that there is was counted.
     *
     * @param counted over all nodes and the store
     * @param here what this node had of it at that time
     */
    public void look(Usage counted, Holding here) {
        total = counted;
        allowed = new Usage(
                most(limit.entries(), counted.entries(), here.live() + here.written()),
                most(limit.bytes(), counted.bytes(), here.liveBytes() + here.writtenBytes()));
    }

    private static long most(long limit, long counted, long here) {
        return limit == Long.MAX_VALUE ? limit : here + limit - counted;
    }

    /** What there was at the last {@link #look}. */
    public Usage total() {
        return total;
    }

    /** Entries and bytes that there may be; {@link Long#MAX_VALUE} for no limit. */
    public Usage limit() {
        return limit;
    }
}
