package dev.skein.node.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key pair of Signature mode.
 *
 * @param id 1..128 characters, no {@code |}
 * @param secret the key of the HMAC, 1..256 characters
 * @param account to whom sessions belong that are made with it; null where it names none
 * @param clientIds patterns of the client IDs that it may use; empty for any
 */
public record AccessKey(String id, Secret secret, @Nullable String account, List<String> clientIds) {
    /** Copies the list; the release before wrote none. */
    public AccessKey {
        clientIds = clientIds == null ? List.of() : List.copyOf(clientIds);
    }
}
