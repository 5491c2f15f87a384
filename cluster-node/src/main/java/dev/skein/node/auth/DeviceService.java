package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.Mode;
import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.protocol.apsara.ApsaraClientId;
import dev.skein.protocol.wire.FailureText;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Credentials of devices: made, given out, changed and taken back. Thread-safe. */
public final class DeviceService {
    /** Begins ids and secrets, as those of the service do; no user or access key of an instance is looked up by it. */
    static final String MARK = "DC.";

    private static final Pattern KEY_ID = Pattern.compile("DC\\.[A-Za-z0-9_-]{1,60}");
    private static final int ID_BYTES = 15;
    private static final int SECRET_BYTES = 24;
    private static final int CLIENT_ID_MAX = 1024;

    private final DeviceCredentialStore store;
    private final InstanceViews views;
    private final InstantSource clock;
    private final SecureRandom random;

    /** @param random secure */
    public DeviceService(DeviceCredentialStore store, InstanceViews views, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.views = views;
        this.clock = clock;
        this.random = random;
    }

    static boolean isKeyId(String keyId) {
        return KEY_ID.matcher(keyId).matches();
    }

    /** What is wrong with a client ID that is to have a credential in {@code instance}; null when nothing is. */
    public @Nullable String violation(String instance, String clientId) {
        InstanceView view = views.find(instance);
        if (view != null && view.mode() == Mode.APSARA) {
            int limit = view.limits().clientIdLength();
            return ApsaraClientId.violation(clientId, limit == 0 ? CLIENT_ID_MAX : limit);
        }
        int length = clientId.codePointCount(0, clientId.length());
        return length >= 1 && length <= CLIENT_ID_MAX
                ? null
                : FailureText.of("clientId", clientId, "1.." + CLIENT_ID_MAX + " characters");
    }

    /**
     * Makes a credential; the one that the client had before counts no more.
     *
     * @param accessKeyId whose account the device belongs to
     */
    public CompletionStage<DeviceCredential> register(String instance, String clientId, String accessKeyId) {
        long now = clock.millis();
        return store.put(new DeviceCredential(
                instance, clientId, text(ID_BYTES), text(SECRET_BYTES), owner(instance, accessKeyId), now, now));
    }

    /** Gives a credential another secret; empty when the client has none. */
    public CompletionStage<Optional<DeviceCredential>> refresh(String instance, String clientId) {
        return store.ofClient(instance, clientId).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedStage(found);
            }
            DeviceCredential before = found.get();
            return store.replace(new DeviceCredential(
                    instance,
                    clientId,
                    before.keyId(),
                    text(SECRET_BYTES),
                    before.owner(),
                    before.createdAt(),
                    clock.millis()));
        });
    }

    /** The credential of a client. */
    public CompletionStage<Optional<DeviceCredential>> get(String instance, String clientId) {
        return store.ofClient(instance, clientId);
    }

    /** Takes a credential back; false when the client has none. */
    public CompletionStage<Boolean> unregister(String instance, String clientId) {
        return store.remove(instance, clientId);
    }

    /** A page of client IDs of a group with a credential, sorted. */
    public CompletionStage<List<String>> list(String instance, String group, String after, int limit) {
        return store.clientIds(instance, group + ApsaraClientId.SEPARATOR, after, limit);
    }

    /** How many there are. */
    public CompletionStage<Long> count(String instance, String group) {
        return store.count(instance, group + ApsaraClientId.SEPARATOR);
    }

    private String owner(String instance, String accessKeyId) {
        InstanceView view = views.find(instance);
        AccessKey key = view == null ? null : view.accessKey(accessKeyId);
        if (view == null || key == null) {
            throw new IllegalArgumentException(FailureText.of("access key", accessKeyId, "one of " + instance));
        }
        return Principal.of(key, view).owner();
    }

    private String text(int bytes) {
        return MARK + RandomText.of(random, bytes);
    }
}
