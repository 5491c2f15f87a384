package dev.skein.protocol.apsara;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/**
 * The user name of Signature mode: {@code Signature|<AccessKeyId>|<InstanceId>}.
 *
 * @param accessKeyId the key whose secret signs the client ID; never empty, no {@code |}
 * @param instanceId the instance that the client means; never empty, no {@code |}
 */
public record SignatureUsername(String accessKeyId, String instanceId) {
    /** The mode word, compared with its case. */
    public static final String MODE = "Signature";

    /** Refuses empty parts and parts with a {@code |}: they could not be read back. */
    public SignatureUsername {
        if (!isPart(accessKeyId)) {
            throw new IllegalArgumentException(FailureText.of("accessKeyId", accessKeyId, "not empty, no |"));
        }
        if (!isPart(instanceId)) {
            throw new IllegalArgumentException(FailureText.of("instanceId", instanceId, "not empty, no |"));
        }
    }

    /** Null when {@code username} has not exactly these three parts. */
    public static @Nullable SignatureUsername parse(String username) {
        if (!username.startsWith(MODE + "|")) {
            return null;
        }
        int key = MODE.length() + 1;
        int instance = username.indexOf('|', key) + 1;
        if (instance == 0) {
            return null;
        }
        String accessKeyId = username.substring(key, instance - 1);
        String instanceId = username.substring(instance);
        return isPart(accessKeyId) && isPart(instanceId) ? new SignatureUsername(accessKeyId, instanceId) : null;
    }

    /** The user name as the client sends it. */
    @Override
    public String toString() {
        return MODE + '|' + accessKeyId + '|' + instanceId;
    }

    private static boolean isPart(String text) {
        return !text.isEmpty() && text.indexOf('|') < 0;
    }
}
