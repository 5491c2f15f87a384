package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * Users and access keys of instances, and the keys that sign tokens. Called on any thread; must not block it. The
 * instance exists.
 *
 * <p>Stages fail with {@link ControlException}: {@link ErrorCode#INVALID_FIELD}, {@link ErrorCode#ALREADY_EXISTS},
 * {@link ErrorCode#USER_NOT_FOUND}, {@link ErrorCode#ACCESS_KEY_NOT_FOUND}, {@link ErrorCode#CONFIGURED} for what only
 * the configuration can change, {@link ErrorCode#UNAVAILABLE}. {@code by} is for the audit log.
 */
public interface CredentialAdmin extends TokenKeyAdmin {
    /** Users of an instance, by name. */
    CompletionStage<List<UserInfo>> users(String instance);

    /** Adds a user; {@code passwordHash} is of a form that the configuration takes. */
    CompletionStage<Done> addUser(String instance, String name, String passwordHash, List<String> clientIds, String by);

    /** Gives a user another password, which holds for its next connection. */
    CompletionStage<Done> setPassword(String instance, String name, String passwordHash, String by);

    /** Removes a user; its connections are closed. */
    CompletionStage<Done> removeUser(String instance, String name, String by);

    /** Access keys of an instance, by id. */
    CompletionStage<List<AccessKeyInfo>> accessKeys(String instance);

    /**
     * Adds an access key.
     *
     * @param id empty to have one made
     * @param secret empty to have one made
     */
    CompletionStage<NewAccessKey> addAccessKey(
            String instance, String id, String secret, @Nullable String account, List<String> clientIds, String by);

    /** Removes an access key; connections by it, and by tokens that were applied for with it, are closed. */
    CompletionStage<Done> removeAccessKey(String instance, String id, String by);
}
