package dev.skein.node.session.lock;

/**
 * The last change that the holder of a session has asked for. A change that is not answered is repeated, and the first
 * copy may arrive last: when the connection has asked for something else since, it would undo that.
 */
final class LastRequest {
    private long connection;
    private long last;

    /** Whether the holder has asked for nothing later; {@code request} is its last one then. */
    boolean isNext(long holder, long request) {
        if (holder == connection && request < last) {
            return false;
        }
        connection = holder;
        last = request;
        return true;
    }
}
