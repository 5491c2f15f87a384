package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.User;
import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Whether who was let in would be let in again. Stateless. */
public final class Standing {
    private Standing() {}

    /** What {@code view}, a newer one, takes from a client: its user or access key, or its client ID; null: nothing. */
    public static @Nullable String lost(InstanceView view, Identity identity) {
        String name = identity.username();
        if (name == null || identity.isByCertificate() || isByDeviceCredential(name, identity)) {
            return null;
        }
        User user = view.user(name);
        AccessKey key = view.accessKey(name);
        Principal now = null;
        if (user != null) {
            now = Principal.of(user);
        } else if (key != null) {
            now = Principal.of(key, view);
        }
        if (now == null) {
            return FailureText.of("user", name, "a user or access key of instance " + view.id());
        }
        return now.mayUse(identity.clientId()) ? null : ClientIdRules.notUsable(identity.clientId(), now);
    }

    /** Whoever takes its credential away closes its connection. */
    private static boolean isByDeviceCredential(String name, Identity identity) {
        return DeviceService.isKeyId(name) && identity.owner().startsWith("account:") && identity.grant() == null;
    }
}
