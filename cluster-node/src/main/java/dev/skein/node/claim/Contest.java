package dev.skein.node.claim;

import dev.skein.node.delivery.Attachments;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.protocol.message.Reason;
import java.util.concurrent.TimeUnit;

/**
 * What a connection does when a later one claims its client ID. What its client has sent before is read first: it may
 * have said DISCONNECT or closed its socket, and the later CONNECT was read before that. Confined to the connection's
 * event loop.
 */
final class Contest {
    /** A task that is scheduled runs after the loop has read what had come before. */
    private static final long READ_MILLIS = 1;
    /** Proxies between client and node may bring what was sent on two connections in the other order. */
    private static final long LOOK_MILLIS = 50;
    /** So often a connection is looked at that is not read, because its packets wait for something. */
    private static final int LOOKS_MAX = 40;
    /** How long DISCONNECT may wait behind what the client has sent before. */
    private static final long END_MILLIS = 2000;

    private final Claims claims;
    private final Claimant connection;

    Contest(Claims claims, Claimant connection) {
        this.claims = claims;
        this.connection = connection;
    }

    /** The later connection gets the client ID [MQTT-3.1.4-2]. */
    void lost() {
        if (!connection.isClosed()) {
            later(READ_MILLIS, () -> leave("another connection has the client ID [MQTT-3.1.4-2]"));
        }
    }

    /** The later connection gets the client ID unless this one is alive. */
    void judge(ConnectionEvent.Probe probe) {
        judge(probe, 0, false);
    }

    private void judge(ConnectionEvent.Probe probe, int looks, boolean wasRead) {
        boolean alive = connection.isAlive();
        boolean read = connection.isRead();
        if (alive && looks < LOOKS_MAX && !(wasRead && read)) {
            later(LOOK_MILLIS, () -> judge(probe, looks + 1, read));
            return;
        }
        Attachments.Leaving leaving = claims.attachments().leavingOf(connection);
        boolean disconnected = leaving == null ? connection.hasDisconnected() : leaving.graceful();
        probe.replyTo().tell(new SessionCommand.ProbeResult(probe.connectionId(), alive, disconnected));
        if (!alive) {
            leave("silent for longer than its keep-alive, and another connection has the client ID");
        }
    }

    /** Closes it, or lets it end by itself when it is about to. */
    private void leave(String why) {
        if (connection.isEnding()) {
            later(
                    END_MILLIS,
                    () -> connection.close(Reason.TAKEN_OVER, "its end waits, and another has the client ID"));
        } else {
            connection.close(Reason.TAKEN_OVER, why);
        }
    }

    private void later(long millis, Runnable task) {
        var _ = connection.context().eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
    }
}
