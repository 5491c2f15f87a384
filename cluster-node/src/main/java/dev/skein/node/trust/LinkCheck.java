package dev.skein.node.trust;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One connection from another node, between its socket and Artery: speaks TLS, passes on what a node says that has a
 * certificate for the host that it claims, and ends the connection at anything else, with a line that says who it was
 * and why. One that is refused ends for Artery as one that was closed: its streams are those of all nodes, and go on.
 * Artery answers nothing on a connection that came.
 */
final class LinkCheck extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("LinkCheck.in");
    private final Outlet<ByteString> passed = Outlet.create("LinkCheck.passed");
    private final Inlet<ByteString> nothing = Inlet.create("LinkCheck.nothing");
    private final Outlet<ByteString> out = Outlet.create("LinkCheck.out");

    private final InetSocketAddress remote;
    private final Visitors visitors;
    private final Limits limits;
    private final ClaimedHosts hosts;
    private final SSLEngine engine;

    /**
     * Bounds of a connection.
     *
     * @param patience in which it has to show that it is a node
     * @param frameMax bytes of its largest frame
     */
    record Limits(Duration patience, int frameMax) {}

    /** @param remote has entered as a visitor; it leaves when it has shown what it is, or is gone */
    LinkCheck(InetSocketAddress remote, Visitors visitors, Limits limits, ClaimedHosts hosts, SSLEngine engine) {
        this.remote = remote;
        this.visitors = visitors;
        this.limits = limits;
        this.hosts = hosts;
        this.engine = engine;
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return BidiShape.of(in, passed, nothing, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic implements FrameReader.Claims {
        private static final String DEADLINE = "deadline";

        private final FrameReader reader = new FrameReader(limits.frameMax(), this);
        private final ServerTls tls = new ServerTls(engine);
        private ByteString answer = ByteString.emptyByteString();
        private @Nullable HostCertificate certificate;
        private boolean visiting = true;
        private boolean known;
        private long speaker;

        private Logic() {
            super(LinkCheck.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    take(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    gone("");
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    gone(": " + failure.getMessage());
                }
            });
            setHandler(passed, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!hasBeenPulled(in)) {
                        pull(in);
                    }
                }
            });
            setHandler(nothing, new AbstractInHandler() {
                @Override
                public void onPush() {
                    pull(nothing);
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    completeStage();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pushAnswer();
                }
            });
        }

        @Override
        public void preStart() {
            pull(nothing);
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

        /** A node that goes, or a link that breaks, the others see by its heartbeats. */
        private void gone(String why) {
            if (visiting) {
                refuse(
                        Refusal.CLOSED,
                        (certificate == null ? "in the TLS handshake" : "after the TLS handshake") + why);
            } else {
                completeStage();
            }
        }

        @Override
        public void onTimer(Object key) {
            if (visiting) {
                refuse(Refusal.TIMEOUT, "after " + limits.patience().toMillis() + " ms");
            }
        }

        private void take(ByteString bytes) {
            ByteString plain;
            try {
                plain = tls.take(bytes);
                X509Certificate peer = tls.peer();
                if (certificate == null && peer != null) {
                    certificate = new HostCertificate(peer);
                }
                reader.read(plain.asByteBuffer());
            } catch (SSLException e) {
                refuse(Refusal.of(e), String.valueOf(e.getMessage()));
                return;
            } catch (RefusedLinkException e) {
                refuse(e.refusal(), String.valueOf(e.getMessage()));
                return;
            }
            if (visiting && reader.isProven()) {
                leave();
                cancelTimer(DEADLINE);
            }
            answer();
            if (!plain.isEmpty()) {
                push(passed, plain);
            } else if (!tls.isClosed()) {
                pull(in);
            }
            if (tls.isClosed()) {
                gone("");
            }
        }

        private void answer() {
            answer = answer.concat(tls.answer());
            pushAnswer();
        }

        private void pushAnswer() {
            if (!answer.isEmpty() && isAvailable(out)) {
                push(out, answer);
                answer = ByteString.emptyByteString();
            }
        }

        private void refuse(Refusal refusal, String detail) {
            HostCertificate shown = certificate;
            visitors.refused(remote, refusal, shown == null ? detail : detail + "; its certificate: " + shown);
            tls.close();
            answer();
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
