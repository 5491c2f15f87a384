package dev.skein.protocol.apsara;

import org.jspecify.annotations.Nullable;

/**
 * A user name of three parts: {@code <Mode>|<key>|<InstanceId>}.
 *
 * @param keyId access key, never empty, no {@code |}
 * @param instanceId the instance that the client means, never empty, no {@code |}
 */
public record ModeUsername(String keyId, String instanceId) {
    /** Mode word of credentials that are tokens. */
    public static final String TOKEN = "Token";

    /** Mode word of credentials of one device. */
    public static final String DEVICE = "DeviceCredential";

    /** Null when {@code username} has not exactly three parts, the first of them {@code mode}. */
    public static @Nullable ModeUsername parse(String mode, String username) {
        String[] parts = username.split("\\|", -1);
        return parts.length == 3 && parts[0].equals(mode) && !parts[1].isEmpty() && !parts[2].isEmpty()
                ? new ModeUsername(parts[1], parts[2])
                : null;
    }
}
