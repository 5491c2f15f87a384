package dev.skein.node.control;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * The keys that sign tokens. Called on any thread; must not block it. The instance exists.
 *
 * <p>Stages fail with {@link ControlException}: {@link ErrorCode#TOKEN_KEY_NOT_FOUND}, {@link ErrorCode#INVALID_FIELD}
 * when there are too many, {@link ErrorCode#UNAVAILABLE}.
 */
public interface TokenKeyAdmin {
    /** Those of an instance. */
    CompletionStage<TokenKeys> keys(String instance);

    /** Makes a key that signs from now on; {@code by} is for the audit log. */
    CompletionStage<TokenKeyInfo> rotate(String instance, String by);

    /** Removes a key, and with it all of its tokens; {@code by} is for the audit log. */
    CompletionStage<Done> remove(String instance, int number, String by);
}
