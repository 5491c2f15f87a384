package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An access key, without its secret.
 *
 * @param id its id
 * @param configured whether the configuration names it: then only the configuration can change it
 * @param account to whom sessions belong that are made with it; null where it names none
 * @param clientIds patterns of the client IDs that it may use; empty for any
 */
public record AccessKeyInfo(
        String id, boolean configured, @Nullable String account, List<String> clientIds) {
    /** Copies the list. */
    public AccessKeyInfo {
        clientIds = List.copyOf(clientIds);
    }
}
