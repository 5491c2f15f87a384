package dev.skein.node.control;

import java.util.concurrent.CompletionStage;

/**
 * What was recorded of clients and messages, on all nodes. Called on any thread; must not block it. Stages may fail
 * with {@link ControlException}.
 */
public interface TraceDirectory {
    /** Records of one client, or of one message. */
    CompletionStage<TraceList> find(TraceWish wish);
}
