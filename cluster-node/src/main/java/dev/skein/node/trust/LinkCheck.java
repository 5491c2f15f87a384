package dev.skein.node.trust;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One connection from another node, between TLS and Artery: passes on what a node says that has a certificate for the
 * host that it claims, and ends the connection at anything else, with a line that says who it was and why. One that is
 * refused ends for Artery as one that was closed: its streams are those of all nodes, and go on.
 */
final class LinkCheck extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("LinkCheck.in");
    private final Outlet<ByteString> out = Outlet.create("LinkCheck.out");

    private final InetSocketAddress remote;
    private final Visitors visitors;
    private final Limits limits;
    private final ClaimedHosts hosts;
    /** Set before anything comes through. */
    private volatile @Nullable HostCertificate certificate;

    /**
     * Bounds of a connection.
     *
     * @param patience in which it has to show that it is a node
     * @param frameMax bytes of its largest frame
     */
    record Limits(Duration patience, int frameMax) {}

    /** @param remote has entered as a visitor; it leaves when it has shown what it is, or is gone */
    LinkCheck(InetSocketAddress remote, Visitors visitors, Limits limits, ClaimedHosts hosts) {
        this.remote = remote;
        this.visitors = visitors;
        this.limits = limits;
        this.hosts = hosts;
    }

    /** The handshake is over. */
    void shown(SSLSession session) {
        try {
            certificate = new HostCertificate((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException("peer: no certificate (expected: one, or a handshake that fails)", e);
        }
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic implements FrameReader.Claims {
        private static final String DEADLINE = "deadline";

        private final FrameReader reader = new FrameReader(limits.frameMax(), this);
        private boolean visiting = true;
        private boolean known;
        private long speaker;

        private Logic() {
            super(LinkCheck.this.shape());
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    pass(grab(in));
                }

                @Override
                public void onPull() {
                    pull(in);
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    if (visiting) {
                        refuse(Refusal.of(failure), String.valueOf(failure.getMessage()));
                    } else {
                        completeStage(); // a link that breaks: both nodes see it by its heartbeats
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    if (visiting) {
                        refuse(Refusal.CLOSED, certificate == null ? "in the TLS handshake" : "after the TLS handshake");
                    } else {
                        completeStage();
                    }
                }
            });
        }

        @Override
        public void preStart() {
            scheduleOnce(DEADLINE, limits.patience());
        }

        @Override
        public void postStop() {
            leave();
        }

        private void leave() {
            if (visiting) {
                visiting = false;
                visitors.leave(remote.getAddress());
            }
        }

        @Override
        public void onTimer(Object key) {
            if (visiting) {
                refuse(Refusal.TIMEOUT, "after " + limits.patience().toMillis() + " ms");
            }
        }

        private void pass(ByteString bytes) {
            try {
                reader.read(bytes.asByteBuffer());
            } catch (RefusedLinkException e) {
                refuse(e.refusal(), String.valueOf(e.getMessage()));
                return;
            }
            if (visiting && reader.isProven()) {
                leave();
                cancelTimer(DEADLINE);
            }
            push(out, bytes);
        }

        private void refuse(Refusal refusal, String detail) {
            HostCertificate shown = certificate;
            visitors.refused(remote, refusal, shown == null ? detail : detail + "; its certificate: " + shown);
            completeStage();
        }

        @Override
        public void speaks(long uid) throws RefusedLinkException {
            if (known && uid == speaker) {
                return;
            }
            String host = hosts.of(uid);
            if (host != null) {
                require(host);
                known = true;
                speaker = uid;
            }
        }

        @Override
        public void claims(long uid, String host) throws RefusedLinkException {
            require(host);
            String first = hosts.claimed(uid, host);
            if (!first.equals(host)) {
                throw new RefusedLinkException(Refusal.NAME, "host: " + host + " (expected: " + first + ")");
            }
        }

        private void require(String host) throws RefusedLinkException {
            HostCertificate shown = certificate;
            if (shown == null || host.isEmpty() || !shown.holds(host)) {
                throw new RefusedLinkException(Refusal.NAME, "host: " + host + " (expected: one of the certificate)");
            }
        }
    }
}
