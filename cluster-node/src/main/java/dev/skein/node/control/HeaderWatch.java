package dev.skein.node.control;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Stands between the socket of one connection and HTTP and ends the connection when the header of a request does not
 * come in time or is too much. HTTP itself keeps what has come and has no deadline for a header that comes byte by
 * byte. The time of an answer does not count, neither until it is there nor until it is taken; nor does time in which
 * this stage has stalled, since what the client has sent meanwhile waits in the socket. One for each connection; its
 * stage and what calls it are one actor.
 */
final class HeaderWatch extends GraphStage<FlowShape<ByteString, ByteString>> {
    /** Bytes of headers that have not come as a whole, of all connections of a port. */
    private static final long ALL_MAX = 8L << 20;

    private static final Duration TICK = Duration.ofMillis(250);
    /** By then what waits in the socket is read. */
    private static final Duration AFTER_STALL = Duration.ofSeconds(2);

    private final Inlet<ByteString> in = Inlet.create("socket");
    private final Outlet<ByteString> out = Outlet.create("http");
    private final HttpLimits limits;
    private final int max;
    private final AtomicLong all;
    private final Refusal refusal;
    private long deadline;
    private long bytes; // of a header that has not come as a whole
    private boolean awaited = true;
    private boolean giving; // a piece of an answer that the socket has not taken

    /** Told why the connection is ended; the reason is one of {@link HttpCounters#refused}. */
    interface Refusal {
        void refused(String reason, String detail);
    }

    /**
     * @param max bytes of one header
     * @param all bytes of the headers of all connections of the port
     */
    HeaderWatch(HttpLimits limits, int max, AtomicLong all, Refusal refusal) {
        this.limits = limits;
        this.max = max;
        this.all = all;
        this.refusal = refusal;
        this.deadline = System.nanoTime() + limits.headerTimeout().toNanos();
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    /** A header is whole. */
    HttpRequest came(HttpRequest request) {
        awaited = false;
        free();
        return request;
    }

    /** The next header is awaited. */
    HttpResponse answered(HttpResponse response) {
        awaited = true;
        deadline = System.nanoTime() + limits.idleTimeout().toNanos();
        return response;
    }

    /** A piece of an answer goes to the socket. */
    void gives() {
        giving = true;
    }

    /** It was taken, if there was one. */
    void taken() {
        if (giving) {
            giving = false;
            Duration timeout = bytes == 0 ? limits.idleTimeout() : limits.headerTimeout();
            deadline = System.nanoTime() + timeout.toNanos();
        }
    }

    private void free() {
        all.addAndGet(-bytes);
        bytes = 0;
    }

    /** Whether what has come of a header may stay. */
    private boolean takes(int more) {
        if (!awaited) {
            return true;
        }
        if (bytes == 0) {
            long whole = System.nanoTime() + limits.headerTimeout().toNanos();
            deadline = whole - deadline < 0 ? whole : deadline;
        }
        bytes += more;
        long now = all.addAndGet(more);
        if (bytes > max) {
            refusal.refused("header-too-long", bytes + " bytes (expected: at most " + max + ")");
            return false;
        }
        if (now > ALL_MAX) {
            refusal.refused("header-memory-full", now + " bytes of headers that are not whole (limit " + ALL_MAX + ")");
            return false;
        }
        return true;
    }

    private boolean isLate() {
        if (!awaited || giving || System.nanoTime() - deadline < 0) {
            return false;
        }
        if (bytes > 0) {
            refusal.refused("header-timeout", "skein.http.header-timeout: header not whole in time");
        }
        return true;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private long lastTick = System.nanoTime();

        private Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    ByteString received = grab(in);
                    if (takes(received.length())) {
                        push(out, received);
                    } else {
                        completeStage();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(in);
                }
            });
        }

        @Override
        public void preStart() {
            scheduleWithFixedDelay(TICK, TICK, TICK);
        }

        @Override
        public void onTimer(Object key) {
            long now = System.nanoTime();
            long late = now - lastTick - TICK.toNanos();
            lastTick = now;
            if (late > TICK.toNanos()) {
                deadline = Math.max(deadline + late, now + AFTER_STALL.toNanos());
            }
            if (isLate()) {
                completeStage();
            }
        }

        @Override
        public void postStop() {
            free();
        }
    }
}
