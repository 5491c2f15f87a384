package dev.skein.node.auth;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a CONNECT says of who connects. */
public final class ConnectAttempt {
    private final String listenerInstance;
    private final InetSocketAddress remote;
    private final String clientId;
    private final @Nullable String username;
    private final byte @Nullable [] password;
    private final boolean cleanSession;
    private final boolean tls;

    /**
     * @param listenerInstance instance of clients whose credentials name none
     * @param remote the client's address, as the PROXY protocol gives it where that is on
     * @param clientId as the client sent it, may be empty
     * @param username null when the CONNECT has none
     * @param password null when the CONNECT has none; not copied
     * @param tls whether the connection is encrypted
     */
    public ConnectAttempt(
            String listenerInstance,
            InetSocketAddress remote,
            String clientId,
            @Nullable String username,
            byte @Nullable [] password,
            boolean cleanSession,
            boolean tls) {
        this.listenerInstance = listenerInstance;
        this.remote = remote;
        this.clientId = clientId;
        this.username = username;
        this.password = password;
        this.cleanSession = cleanSession;
        this.tls = tls;
    }

    /** Instance of clients whose credentials name none. */
    public String listenerInstance() {
        return listenerInstance;
    }

    /** The client's address. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** As the client sent it, may be empty. */
    public String clientId() {
        return clientId;
    }

    /** Null when the CONNECT has none. */
    public @Nullable String username() {
        return username;
    }

    /** Null when the CONNECT has none; not a copy. */
    public byte @Nullable [] password() {
        return password;
    }

    /** The CONNECT's clean session flag. */
    public boolean cleanSession() {
        return cleanSession;
    }

    /** Whether the connection is encrypted. */
    public boolean tls() {
        return tls;
    }

    /** Without user name and password. */
    @Override
    public String toString() {
        return "ConnectAttempt[" + clientId + " from " + remote + "]";
    }
}
