package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionCommand.Attach;
import org.jspecify.annotations.Nullable;

/**
 * The last change that the holder of a session has asked for. What is not answered is said again, and the first copy
 * may arrive last: when the connection has asked for something else since, it would undo that. Confined to its session.
 */
final class LastRequest {
    private long connection;
    private long last;

    /** Whether {@code from} is the holder and has asked for nothing later; {@code request} is its last one then. */
    boolean isNext(@Nullable Attach holder, ConnectionRef from, long request) {
        if (holder == null || holder.connection().id() != from.id()) {
            return false; // the connection is gone
        }
        if (from.id() == connection && request < last) {
            return false;
        }
        connection = from.id();
        last = request;
        return true;
    }
}
