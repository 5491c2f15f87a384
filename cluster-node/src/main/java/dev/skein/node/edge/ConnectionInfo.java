package dev.skein.node.edge;

import dev.skein.node.net.AddressGroup;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a connection came from. Immutable. */
public final class ConnectionInfo {

    private final ListenerSettings listener;
    private final InetSocketAddress remote;
    private final @Nullable ClientCertificate clientCertificate;

    private final long since;

    ConnectionInfo(
            ListenerSettings listener,
            InetSocketAddress remote,
            @Nullable ClientCertificate clientCertificate,
            long since) {
        this.since = since;
        this.listener = listener;
        this.remote = remote;
        this.clientCertificate = clientCertificate;
    }

    /** For tests of what stands behind a listener. */
    public static ConnectionInfo of(ListenerSettings listener, InetSocketAddress remote) {
        return new ConnectionInfo(listener, remote, null, System.nanoTime());
    }

    /** Name of the listener: {@code mqtt}, {@code mqtts}, {@code ws} or {@code wss}. */
    public String listener() {
        return listener.name();
    }

    /** The listener's instance, for clients whose credentials name none. */
    public String instance() {
        return listener.instance();
    }

    /** Whether credentials of instance {@code id} count on the listener. */
    public boolean mayReach(String id) {
        return listener.mayReach(id);
    }

    /** Whether the connection is encrypted up to this node. */
    public boolean tls() {
        return listener.tls();
    }

    /** Whether MQTT travels in WebSocket frames. */
    public boolean webSocket() {
        return listener.webSocket();
    }

    /** The client's address; the one that the PROXY header gave, where there is one. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** Whose connections take turns with those of other addresses. */
    public AddressGroup addressGroup() {
        return AddressGroup.of(remote.getAddress());
    }

    /** Whether a client is who its certificate says, and nobody else. */
    public boolean identifiesByCertificate() {
        return listener.identity() != CertificateIdentity.NONE;
    }

    /** Client IDs that such a client may use: patterns. Empty for any. */
    public List<String> identityClientIds() {
        return listener.identityClientIds();
    }

    /** The certificate that the client has shown, or null. */
    public @Nullable ClientCertificate clientCertificate() {
        return clientCertificate;
    }

    /** Serial number of that certificate in hexadecimal digits, or null. */
    public @Nullable String certificateSerial() {
        return clientCertificate == null ? null : clientCertificate.serial().toString(16);
    }

    /**
     * From when on the client has had its time for CONNECT, as {@link System#nanoTime}: since it was accepted, less
     * what it had to wait for this node.
     */
    public long since() {
        return since;
    }

    @Override
    public String toString() {
        return listener.name() + " " + NetUtil.toSocketAddressString(remote);
    }
}
