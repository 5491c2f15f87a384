package dev.skein.persistence.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Credentials of devices, one for each client ID. Thread-safe; no method blocks; stages fail with
 * {@link StoreUnavailableException} alone.
 */
public interface DeviceCredentialStore {
    /** The credential that a device names; one read. */
    CompletionStage<Optional<DeviceCredential>> ofKey(String instance, String keyId);

    /** The credential of a client ID. */
    CompletionStage<Optional<DeviceCredential>> ofClient(String instance, String clientId);

    /**
     * Keeps a credential in the place of the one of its client ID, whose {@link DeviceCredential#createdAt} stays.
     *
     * @return what is kept, once it is committed
     */
    CompletionStage<DeviceCredential> put(DeviceCredential credential);

    /**
     * Keeps a credential in the place of the one of its client ID and id.
     *
     * @return what is kept, once it is committed; empty, and nothing is kept, when that one is not there any more
     */
    CompletionStage<Optional<DeviceCredential>> replace(DeviceCredential credential);

    /** Forgets the credential of a client ID; completes with false when it had none. */
    CompletionStage<Boolean> remove(String instance, String clientId);

    /**
     * Client IDs with a credential that begin with {@code prefix}, sorted by their UTF-8.
     *
     * @param after only those behind it; empty begins with the first
     * @param limit 1 or more
     */
    CompletionStage<List<String>> clientIds(String instance, String prefix, String after, int limit);

    /** How many client IDs with a credential begin with {@code prefix}. */
    CompletionStage<Long> count(String instance, String prefix);
}
