package dev.skein.node.delivery;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Peer;
import dev.skein.node.route.SessionRoute;
import org.jspecify.annotations.Nullable;

/**
 * The member of a shared subscription that gets a message: a live one of this node, one that another node chooses, or a
 * persistent session.
 */
sealed interface SharedPick {
    /** Of the shared subscription. */
    String filter();

    /** A live connection of this node. */
    record Here(String filter, LocalRoute member) implements SharedPick {}

    /** A live connection of another node, which chooses it. */
    record There(String filter, Peer peer) implements SharedPick {}

    /** A persistent session, wherever its connection is. */
    record Session(String filter, SessionRoute member) implements SharedPick {}

    /** Its session, or null. */
    default @Nullable SessionRoute session() {
        return this instanceof Session(var _, var member) ? member : null;
    }
}
