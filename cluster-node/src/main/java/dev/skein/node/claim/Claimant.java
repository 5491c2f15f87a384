package dev.skein.node.claim;

import dev.skein.node.delivery.Attachment;
import dev.skein.node.session.actor.ConnectionEvent;

/** What a claim needs of the client that makes it, whatever its protocol. Confined to its event loop. */
public interface Claimant extends Attachment {
    /** Whether its claim was granted: from then on it is connected until it is closed. */
    boolean isConnected();

    /** The client ID is its own. Comes once, while it is not connected. */
    void granted(ConnectionEvent.Attached attached);

    /** It does not get the client ID. Comes while it is not connected. */
    void refused(ConnectionEvent.Refused refused);

    /** The actor of its session has changed, and what it was told may be lost. */
    void resumed();

    /** The change of its subscriptions named {@code request} is in force. */
    void subscribed(long request);

    /** The change of its subscriptions named {@code request} was not put in force. */
    void subscribeFailed(long request);

    /** Whether its client is connected, has not ended that and was heard of within its keep-alive. */
    boolean isAlive();

    /** Whether what its client sends is read at the moment. */
    boolean isRead();

    /** Whether its client has said that it leaves, handled or not. */
    boolean hasDisconnected();

    /** Whether it ends by itself once what its client has sent is handled. */
    boolean isEnding();
}
