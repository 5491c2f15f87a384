package dev.skein.node.trust;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the side that was connected to, of a connection that carries messages in one direction only: what is answered
 * belongs to TLS itself. Confined to its stream.
 */
final class ServerTls {
    private final SSLEngine engine;
    /** The begin of a record whose end has not come. */
    private ByteString begun = ByteString.emptyByteString();

    private ByteString answer = ByteString.emptyByteString();
    private @Nullable X509Certificate peer;
    private boolean closed;

    ServerTls(SSLEngine engine) {
        this.engine = engine;
    }

    /**
     * Takes what has come.
     *
     * @return the bytes that it means, perhaps none
     * @throws SSLException when the other side is not one to speak to; {@link #answer} has an alert then
     */
    ByteString take(ByteString bytes) throws SSLException {
        ByteBuffer from =
                begun.isEmpty() ? bytes.asByteBuffer() : begun.concat(bytes).asByteBuffer();
        int most = from.remaining() + engine.getSession().getApplicationBufferSize();
        ByteBuffer plain = ByteBuffer.allocate(most);
        try {
            while (!closed && step(from, plain)) {
                // until something has to come or to go
            }
        } catch (SSLException e) {
            wrapAll();
            throw e;
        }
        begun = from.hasRemaining() ? ByteString.fromByteBuffer(from) : ByteString.emptyByteString();
        return ByteString.fromArrayUnsafe(plain.array(), 0, plain.position());
    }

    /** Whether there is more to do. */
    private boolean step(ByteBuffer from, ByteBuffer plain) throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
                yield true;
            }
            case NEED_WRAP -> wrap();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
                if (!from.hasRemaining()) {
                    yield false;
                }
                SSLEngineResult result = engine.unwrap(from, plain);
                closed = result.getStatus() == SSLEngineResult.Status.CLOSED;
                lookAtPeer();
                yield result.getStatus() == SSLEngineResult.Status.OK;
            }
        };
    }

    private void lookAtPeer() {
        if (peer == null && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
            try {
                peer = (X509Certificate) engine.getSession().getPeerCertificates()[0];
            } catch (SSLPeerUnverifiedException e) {
                peer = null; // not yet
            }
        }
    }

    private boolean wrap() throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), record);
        if (record.position() > 0) {
            answer = answer.concat(ByteString.fromArray(Arrays.copyOf(record.array(), record.position())));
        }
        return result.getStatus() == SSLEngineResult.Status.OK && record.position() > 0;
    }

    private void wrapAll() {
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && wrap()) {
                // the alert
            }
        } catch (SSLException e) {
            closed = true; // then it is not told why
        }
    }

    /** Ends it; {@link #answer} says so to the other side. */
    void close() {
        engine.closeOutbound();
        wrapAll();
        closed = true;
    }

    /** What has to go to the other side since the last call. */
    ByteString answer() {
        ByteString all = answer;
        answer = ByteString.emptyByteString();
        return all;
    }

    /** The certificate that was shown and found good, or null. */
    @Nullable
    X509Certificate peer() {
        return peer;
    }

    /** Whether the other side has said that nothing more comes. */
    boolean isClosed() {
        return closed;
    }
}
