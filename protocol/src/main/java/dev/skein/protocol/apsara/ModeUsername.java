package dev.skein.protocol.apsara;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/**
 * A user name of three parts: {@code <mode>|<key>|<InstanceId>}.
 *
 * @param mode one of the mode words, compared with its case
 * @param keyId key that the credential belongs to; never empty, no {@code |}
 * @param instanceId the instance that the client means; never empty, no {@code |}
 */
public record ModeUsername(String mode, String keyId, String instanceId) {
    /** Mode word of a client ID that is signed with the secret of an access key. */
    public static final String SIGNATURE = "Signature";

    /** Mode word of credentials that are tokens. */
    public static final String TOKEN = "Token";

    /** Mode word of credentials of one device. */
    public static final String DEVICE = "DeviceCredential";

    private static final char SEPARATOR = '|';

    /** Refuses empty parts and parts with a {@code |}: they could not be read back. */
    public ModeUsername {
        if (!isPart(keyId)) {
            throw new IllegalArgumentException(FailureText.of("keyId", keyId, "not empty, no |"));
        }
        if (!isPart(instanceId)) {
            throw new IllegalArgumentException(FailureText.of("instanceId", instanceId, "not empty, no |"));
        }
    }

    /** How user names of {@code mode} begin. */
    public static String prefix(String mode) {
        return mode + SEPARATOR;
    }

    /** Null when {@code username} has not exactly three parts, the first of them {@code mode}. */
    public static @Nullable ModeUsername parse(String mode, String username) {
        String prefix = prefix(mode);
        int key = prefix.length();
        int instance = username.startsWith(prefix) ? username.indexOf(SEPARATOR, key) + 1 : 0;
        if (instance == 0) {
            return null;
        }
        String keyId = username.substring(key, instance - 1);
        String instanceId = username.substring(instance);
        return isPart(keyId) && isPart(instanceId) ? new ModeUsername(mode, keyId, instanceId) : null;
    }

    /** The user name as the client sends it. */
    @Override
    public String toString() {
        return prefix(mode) + keyId + SEPARATOR + instanceId;
    }

    private static boolean isPart(String text) {
        return !text.isEmpty() && text.indexOf(SEPARATOR) < 0;
    }
}
