package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.User;
import dev.skein.persistence.api.DeviceCredential;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds the credentials of an instance by name.
 *
 * <p>Thread-safe. No method blocks. Each stage completes, on any thread: with what was found, or, when the store does
 * not answer in time, with a failure, whose cause the store itself logs.
 */
public interface CredentialStore {
    /** The user of that name; empty when the instance has none, or is not known. */
    CompletionStage<Optional<User>> user(String instance, String name);

    /** The access key of that id; empty when the instance has none, or is not known. */
    CompletionStage<Optional<AccessKey>> accessKey(String instance, String keyId);

    /** The device credential of that id; empty when the instance has none. One read of the store. */
    CompletionStage<Optional<DeviceCredential>> device(String instance, String keyId);

    /**
     * A password hash that costs as much to check as those of the instance's users, so that a user that does not exist
     * takes as long as one that does. Null when the instance has no user.
     */
    @Nullable
    String sampleHash(String instance);

    /**
     * What a user that does not exist, or has no hash for SCRAM, is shown in place of one: the same each time, and like
     * those of the instance's users.
     */
    ScramSecret decoy(String instance, String name);
}
