package dev.skein.persistence.memory;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.api.SessionKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Credentials of devices in memory. */
final class MemoryDeviceCredentialStore implements DeviceCredentialStore {
    private final MemoryOverview.Turns runner;
    private final Map<SessionKey, DeviceCredential> credentials;

    MemoryDeviceCredentialStore(MemoryOverview.Turns runner, Map<SessionKey, DeviceCredential> credentials) {
        this.runner = runner;
        this.credentials = credentials;
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofKey(String instance, String keyId) {
        return runner.run(() -> credentials.values().stream()
                .filter(each -> each.instance().equals(instance) && each.keyId().equals(keyId))
                .findFirst());
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofClient(String instance, String clientId) {
        return runner.run(() -> Optional.ofNullable(credentials.get(new SessionKey(instance, clientId))));
    }

    @Override
    public CompletionStage<DeviceCredential> put(DeviceCredential credential) {
        return runner.run(() -> credentials.merge(
                new SessionKey(credential.instance(), credential.clientId()),
                credential,
                (before, now) -> new DeviceCredential(
                        now.instance(),
                        now.clientId(),
                        now.keyId(),
                        now.secret(),
                        now.owner(),
                        before.createdAt(),
                        now.updatedAt())));
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> replace(DeviceCredential credential) {
        return runner.run(() -> Optional.ofNullable(credentials.computeIfPresent(
                        new SessionKey(credential.instance(), credential.clientId()),
                        (_, before) -> before.keyId().equals(credential.keyId()) ? credential : before))
                .filter(credential::equals));
    }

    @Override
    public CompletionStage<Boolean> remove(String instance, String clientId) {
        return runner.run(() -> credentials.remove(new SessionKey(instance, clientId)) != null);
    }

    @Override
    public CompletionStage<List<String>> clientIds(String instance, String prefix, String after, int limit) {
        return runner.run(() -> ofPrefix(instance, prefix)
                .filter(clientId -> clientId.compareTo(after) > 0)
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<Long> count(String instance, String prefix) {
        return runner.run(() -> ofPrefix(instance, prefix).count());
    }

    private Stream<String> ofPrefix(String instance, String prefix) {
        return credentials.keySet().stream()
                .filter(key -> key.instance().equals(instance) && key.clientId().startsWith(prefix))
                .map(SessionKey::clientId)
                .sorted();
    }
}
