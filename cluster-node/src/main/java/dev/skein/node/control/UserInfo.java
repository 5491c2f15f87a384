package dev.skein.node.control;

import java.util.List;

/**
 * A user; its password hash is shown nowhere.
 *
 * @param name without {@code @instance}
 * @param configured whether the configuration names it: then only the configuration can change it
 * @param clientIds patterns of the client IDs that it may use; empty for any
 */
public record UserInfo(String name, boolean configured, List<String> clientIds) {
    /** Copies the list. */
    public UserInfo {
        clientIds = List.copyOf(clientIds);
    }
}
