package dev.skein.node.registry;

import java.util.List;

/**
 * One user name and the hash of its password.
 *
 * @param name 1..128 characters, no {@code |}
 * @param passwordHash of a form that {@link PasswordHashFormat} takes
 * @param clientIds patterns of the client IDs that it may use; empty for any
 */
public record User(String name, Secret passwordHash, List<String> clientIds) {
    /** Copies the list; the release before wrote none. */
    public User {
        clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
    }
}
