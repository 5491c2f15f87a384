package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.User;
import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The credentials in this node's copies of the registry, at once, and those of devices, from their store. */
public final class RegistryCredentials implements CredentialStore {
    private final InstanceViews views;
    private final DeviceCredentialStore devices;
    private final ScramDecoys decoys = new ScramDecoys(new SecureRandom());

    /**
     * @param views this node's copies
     * @param devices what comes by the million
     */
    public RegistryCredentials(InstanceViews views, DeviceCredentialStore devices) {
        this.views = views;
        this.devices = devices;
    }

    @Override
    public CompletionStage<Optional<User>> user(String instance, String name) {
        return answer(view(instance).map(view -> view.user(name)));
    }

    @Override
    public CompletionStage<Optional<AccessKey>> accessKey(String instance, String keyId) {
        return answer(view(instance).map(view -> view.accessKey(keyId)));
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> device(String instance, String keyId) {
        return devices.ofKey(instance, keyId);
    }

    @Override
    public @Nullable String sampleHash(String instance) {
        return view(instance)
                .flatMap(view -> view.users().values().stream().findFirst())
                .map(user -> user.passwordHash().value())
                .orElse(null);
    }

    @Override
    public ScramSecret decoy(String instance, String name) {
        return decoys.of(instance, name, views.find(instance));
    }

    private Optional<InstanceView> view(String instance) {
        return Optional.ofNullable(views.find(instance));
    }

    private static <T> CompletionStage<T> answer(T found) {
        return CompletableFuture.completedFuture(found);
    }
}
