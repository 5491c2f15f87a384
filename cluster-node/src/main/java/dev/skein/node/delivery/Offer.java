package dev.skein.node.delivery;

import dev.skein.protocol.message.Message;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A message that is offered to an {@link Outlet}. */
public final class Offer {
    private final Loop loop;
    private final Message message;
    private final boolean clean;
    private final @Nullable PublishTally tally;

    /**
     * The event loop that offers.
     *
     * @param tasks runs what is given to it on the loop
     */
    record Loop(int index, Executor tasks) {}

    Offer(Loop loop, Message message, boolean clean, @Nullable PublishTally tally) {
        this.loop = loop;
        this.message = message;
        this.clean = clean;
        this.tally = tally;
    }

    /** What was published. */
    public Message message() {
        return message;
    }

    /** Whether the session of its publisher ends with the connection. */
    public boolean isClean() {
        return clean;
    }

    /** Whether its publisher waits for the answer. */
    public boolean isAwaited() {
        return tally != null;
    }

    Loop loop() {
        return loop;
    }

    void answer(boolean ok) {
        if (tally != null) {
            tally.done(ok);
        }
    }
}
