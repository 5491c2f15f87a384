package dev.skein.node.claim;

import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.SessionTerm;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The claim of a connection on its client ID, towards the actor of the session, wherever that is and however often it
 * moves: sent again when it may have been lost. Confined to the connection's event loop.
 */
public final class Claim {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The claim is sent again this often in any case, so that an actor that missed it hears of it in the end. */
    private static final long REMIND_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final Claims claims;
    private @Nullable SessionKey client;
    private @Nullable Attach claim;
    private @Nullable AttachedParts parts; // of a session that one message between nodes does not hold
    private long sessionId; // once it is granted; 0 for none
    private long sentAt;
    private boolean awaiting;
    private long node;

    /** No claim yet. */
    public Claim(Claims claims) {
        this.claims = claims;
    }

    /**
     * Claims the client ID; {@link Claimant#granted} or {@link Claimant#refused} answers.
     *
     * @param connectionId from {@link Claims#nextConnectionId}
     * @param term how the session begins and ends
     * @param takeOver whether a connection that holds the client ID is closed for this one
     * @param owner the identity that claims
     * @param anyOwner whether it may take up a session of another identity
     */
    public void request(
            SessionKey key, long connectionId, SessionTerm term, boolean takeOver, String owner, boolean anyOwner) {
        client = key;
        Attach attach = Attach.of(claims.reference(connectionId), term, takeOver, owner, anyOwner);
        claim = attach;
        send(attach);
    }

    /** How actors reach the connection; there is one once it has claimed. */
    public ConnectionRef reference() {
        return Objects.requireNonNull(claim, "claim: none (expected: after CONNECT)")
                .connection();
    }

    /** Whether the actor is, as far as is known, on the node {@code uid}. */
    public boolean isOn(long uid) {
        return node == uid;
    }

    /** Sends the claim again if it has had no answer for a while, or was not sent for long. */
    public void check(long now, boolean connected) {
        if (claim != null && now - sentAt > (awaiting ? RETRY_NANOS : REMIND_NANOS)) {
            reclaim(connected);
        }
    }

    /** The claim of a connection that holds its client ID, or null. */
    public @Nullable Attach held() {
        Attach now = claim;
        return now == null ? null : now.resumedWith(sessionId);
    }

    /** The actor is gone, or goes: the claim is sent to the one that follows. */
    public void reclaim(boolean connected) {
        Attach now = claim;
        if (now != null) {
            send(connected ? now.resumedWith(sessionId) : now);
        }
    }

    private void send(Attach attach) {
        sentAt = System.nanoTime();
        awaiting = true;
        tell(attach);
    }

    /** Sends to the session's actor; before a claim there is none. */
    public void tell(SessionCommand command) {
        SessionKey key = client;
        if (key != null) {
            claims.tell(key, command);
        }
    }

    private void answered(long by) {
        node = by;
        awaiting = false;
    }

    /** Hands what an actor says to the connection that claims. */
    public void on(ConnectionEvent event, Claimant claimant) {
        switch (event) {
            case ConnectionEvent.Attached attached -> {
                answered(attached.node());
                grant(attached, claimant);
            }
            case ConnectionEvent.AttachedPart part -> collect(part, claimant);
            case ConnectionEvent.Resumed resumed -> {
                answered(resumed.node());
                claimant.resumed();
            }
            case ConnectionEvent.Reclaim _ -> {
                if (!claimant.isClosed() || claims.isLeaving(claimant)) {
                    reclaim(claimant.isConnected());
                }
            }
            case ConnectionEvent.Refused refused -> {
                if (!claimant.isConnected()) {
                    claimant.refused(refused);
                } else if (!claimant.isClosed()) {
                    reclaim(true); // an answer to a claim from before it was connected, by another actor
                }
            }
            case ConnectionEvent.TakenOver _ -> new Contest(claims, claimant).lost();
            case ConnectionEvent.Kick kick -> {
                kick.replyTo().tell(new SessionCommand.Kicked(!claimant.isClosed())); // it may be on its way out
                claimant.close(Reason.KICKED, "closed by an operator");
            }
            case ConnectionEvent.Probe probe -> new Contest(claims, claimant).judge(probe);
            case ConnectionEvent.WhoHolds _ -> {
                // The gateway answers.
            }
            case ConnectionEvent.Subscribed subscribed -> claimant.subscribed(subscribed.request());
            case ConnectionEvent.SubscribeFailed failed -> claimant.subscribeFailed(failed.request());
        }
    }

    private void collect(ConnectionEvent.AttachedPart part, Claimant claimant) {
        sentAt = System.nanoTime(); // the answer is on its way; should the rest be lost, the claim is sent again
        if (claimant.isConnected()) {
            answered(part.attached().node());
            return;
        }
        if (claimant.isClosed()) {
            return;
        }
        AttachedParts mine = parts;
        if (mine == null) {
            mine = new AttachedParts();
            parts = mine;
        }
        ConnectionEvent.Attached whole = mine.add(part);
        if (whole != null) {
            parts = null;
            on(whole, claimant);
        }
    }

    private void grant(ConnectionEvent.Attached attached, Claimant claimant) {
        Attach mine = claim;
        boolean wanted = !claimant.isConnected() && !claimant.isClosed();
        if (!wanted || mine == null || client == null || mine.connection().id() != attached.connectionId()) {
            return;
        }
        Runnable again = () -> claimant.context().execute(() -> grant(attached, claimant));
        if (!claims.awaitFormer(client, again)) {
            sessionId = attached.session() == null ? 0 : attached.session().id();
            claimant.granted(attached);
        }
    }
}
