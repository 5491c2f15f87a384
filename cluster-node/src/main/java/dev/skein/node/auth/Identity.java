package dev.skein.node.auth;

import dev.skein.node.registry.PermissionRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection is, once it was let in.
 *
 * @param instance the instance it belongs to
 * @param clientId its client ID; empty only in open mode, until the broker gives it one ({@link #withClientId})
 * @param username user name without {@code @instance}, access key id or name in a certificate, or null for an anonymous
 *     client
 * @param group what stands before {@code @@@} in the client ID, or null
 * @param owner to whom its sessions belong: {@code user:<name>}, {@code account:<account>}, {@code certificate:<name>}
 *     or {@code anonymous}
 * @param grant what its tokens let it do; null for a client without tokens
 */
public record Identity(
        String instance,
        String clientId,
        @Nullable String username,
        @Nullable String group,
        String owner,
        @Nullable TokenGrant grant) {
    /** A client without tokens. */
    public Identity(String instance, String clientId, @Nullable String username, @Nullable String group, String owner) {
        this(instance, clientId, username, group, owner, null);
    }

    /** The access key that a client with tokens has named. */
    public String accessKeyId() {
        return Objects.requireNonNullElse(username, "");
    }

    /** Whether a certificate says who it is. */
    boolean isByCertificate() {
        return owner.startsWith(PermissionRule.CERTIFICATE);
    }

    /** How the rules of permissions name it, or null for an anonymous client. */
    @Nullable
    String nameInRules() {
        return isByCertificate() ? owner : username;
    }

    /** The same client under the client ID that the broker gave it [MQTT-3.1.3-6]. */
    public Identity withClientId(String given) {
        return new Identity(instance, given, username, group, owner, grant);
    }

    /** The same client with these tokens. */
    Identity withGrant(TokenGrant tokens) {
        return new Identity(instance, clientId, username, group, owner, tokens);
    }
}
