package dev.skein.node.auth;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a client says of itself when it connects. */
public final class ConnectAttempt {
    private static final byte[] NO_PASSWORD = new byte[0];

    private final Reach reach;
    private final InetSocketAddress remote;
    private final String clientId;
    private final @Nullable String username;
    private final byte @Nullable [] password;
    private final boolean clientIdOptional;
    private final boolean tls;

    /**
     * What a listener leads to.
     *
     * @param instance that of clients whose credentials name none
     * @param others whether credentials may name this one; the instance itself always may
     * @param certificate who the client is, where its certificate says so; null where credentials do
     */
    public record Reach(
            String instance,
            Predicate<String> others,
            @Nullable Certificate certificate) {
        /** Where credentials say who a client is. */
        public Reach(String instance, Predicate<String> others) {
            this(instance, others, null);
        }

        /** Every instance. */
        public static Reach all(String instance) {
            return new Reach(instance, _ -> true);
        }
    }

    /**
     * @param reach what its listener leads to
     * @param remote the client's address, as the PROXY protocol gives it where that is on
     * @param clientId as the client sent it, may be empty
     * @param username null when the client gives none
     * @param password null when the client gives none; not copied
     * @param clientIdOptional whether the broker gives the client an ID when it sends none; in MQTT 3.1.1 its clean
     *     session flag [MQTT-3.1.3-8]
     * @param tls whether the connection is encrypted
     */
    public ConnectAttempt(
            Reach reach,
            InetSocketAddress remote,
            String clientId,
            @Nullable String username,
            byte @Nullable [] password,
            boolean clientIdOptional,
            boolean tls) {
        this.reach = reach;
        this.remote = remote;
        this.clientId = clientId;
        this.username = username;
        this.password = password;
        this.clientIdOptional = clientIdOptional;
        this.tls = tls;
    }

    /**
     * What a client's certificate says of it.
     *
     * @param name who the client is; null when the certificate does not say it
     * @param problem why not; empty when it does
     * @param clientIds patterns of the client IDs that it may use; empty for any
     */
    public record Certificate(@Nullable String name, String problem, List<String> clientIds) {
        /** Copies the list. */
        public Certificate {
            clientIds = List.copyOf(clientIds);
        }
    }

    /** Who the client is by its certificate; null where credentials say it. */
    @Nullable
    Certificate certificate() {
        return reach.certificate();
    }

    /** Instance of clients whose credentials name none. */
    public String listenerInstance() {
        return reach.instance();
    }

    /** Whether credentials of instance {@code id} count where it comes in. */
    boolean mayReach(String id) {
        return id.equals(reach.instance()) || reach.others().test(id);
    }

    /** The client's address. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** As the client sent it, may be empty. */
    public String clientId() {
        return clientId;
    }

    /** Null when the client gives none. */
    public @Nullable String username() {
        return username;
    }

    /** Null when the client gives none; not a copy. */
    public byte @Nullable [] password() {
        return password;
    }

    /** As {@link #password}, and empty when the client gives none. */
    byte[] passwordOrEmpty() {
        return password == null ? NO_PASSWORD : password;
    }

    /** The CONNECT's clean session flag. */
    public boolean clientIdOptional() {
        return clientIdOptional;
    }

    /** Whether the connection is encrypted. */
    public boolean tls() {
        return tls;
    }

    /** The same without the password, which is not to stay in memory. */
    public ConnectAttempt withoutPassword() {
        return new ConnectAttempt(reach, remote, clientId, username, null, clientIdOptional, tls);
    }

    /** Without user name and password. */
    @Override
    public String toString() {
        return "ConnectAttempt[" + clientId + " from " + remote + "]";
    }
}
