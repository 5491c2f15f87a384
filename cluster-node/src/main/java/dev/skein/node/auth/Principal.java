package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.Mode;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.User;
import dev.skein.persistence.api.DeviceCredential;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose credentials a client has.
 *
 * @param username user name without {@code @instance}, or access key id, or null for an anonymous client
 * @param owner to whom its sessions belong: {@code user:<name>}, {@code account:<account>}, {@code certificate:<name>}
 *     or {@code anonymous}; it lies in the database, so a form once released stays
 * @param clientIds patterns of the client IDs that it may use; empty for any
 */
record Principal(@Nullable String username, String owner, List<String> clientIds) {
    /** Everybody who gives no user name: one identity. */
    static final Principal ANONYMOUS = new Principal(null, "anonymous", List.of());

    /** Who a certificate says that the client is: nobody else, also when a user has the same name. */
    static Principal ofCertificate(String name, List<String> clientIds) {
        return new Principal(name, PermissionRule.CERTIFICATE + name, clientIds);
    }

    static Principal of(User user) {
        return new Principal(user.name(), "user:" + user.name(), user.clientIds());
    }

    /**
     * The identity of a key is its account, so that a client may go from one key of it to another. In apsara mode keys
     * that name none are of the instance's account, as an instance of ApsaraMQ belongs to one; else each has its own.
     */
    static Principal of(AccessKey key, InstanceView view) {
        String own = view.mode() == Mode.APSARA ? view.id() : key.id();
        String account = key.account() == null ? own : key.account();
        return new Principal(key.id(), "account:" + account, key.clientIds());
    }

    /** Its credential names the one client ID that may use it; it is of the account that registered it. */
    static Principal of(DeviceCredential device) {
        return new Principal(device.keyId(), device.owner(), List.of());
    }

    /** Whether it may use {@code clientId}; an empty one, which the broker replaces, fits {@code *} alone. */
    boolean mayUse(String clientId) {
        return clientIds.isEmpty()
                || clientIds.stream().anyMatch(pattern -> ClientIdPattern.matches(pattern, clientId, username));
    }
}
