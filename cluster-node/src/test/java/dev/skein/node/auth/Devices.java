package dev.skein.node.auth;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** A few credentials of devices, in memory. */
final class Devices implements DeviceCredentialStore {
    private final List<DeviceCredential> all = new ArrayList<>();

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofKey(String instance, String keyId) {
        return first(each -> each.instance().equals(instance) && each.keyId().equals(keyId));
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofClient(String instance, String clientId) {
        return first(each -> each.instance().equals(instance) && each.clientId().equals(clientId));
    }

    private CompletionStage<Optional<DeviceCredential>> first(Predicate<DeviceCredential> which) {
        return CompletableFuture.completedStage(all.stream().filter(which).findFirst());
    }

    @Override
    public CompletionStage<DeviceCredential> put(DeviceCredential credential) {
        all.removeIf(each -> each.clientId().equals(credential.clientId()));
        all.add(credential);
        return CompletableFuture.completedStage(credential);
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> replace(DeviceCredential credential) {
        boolean there = all.removeIf(each ->
                each.clientId().equals(credential.clientId()) && each.keyId().equals(credential.keyId()));
        if (there) {
            all.add(credential);
        }
        return CompletableFuture.completedStage(there ? Optional.of(credential) : Optional.empty());
    }

    @Override
    public CompletionStage<Boolean> remove(String instance, String clientId) {
        return CompletableFuture.completedStage(
                all.removeIf(each -> each.clientId().equals(clientId)));
    }

    @Override
    public CompletionStage<List<String>> clientIds(String instance, String prefix, String after, int limit) {
        return CompletableFuture.completedStage(
                all.stream().map(DeviceCredential::clientId).limit(limit).toList());
    }

    @Override
    public CompletionStage<Long> count(String instance, String prefix) {
        return CompletableFuture.completedStage((long) all.size());
    }
}
