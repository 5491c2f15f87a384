package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.User;
import dev.skein.persistence.api.DeviceCredential;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the credentials that were used last, so that a store is not asked for each connect. Thread-safe.
 *
 * <p>A change of an instance makes all that is kept of it out of date, and so is what was asked for before the change
 * and answered after it. Only what exists is kept: names that somebody makes up must not displace those that are used.
 */
public final class CachedCredentials implements CredentialStore {
    private final CredentialStore store;
    private final ConcurrentMap<String, Long> changes = new ConcurrentHashMap<>();
    private final Recent<User> users;
    private final Recent<AccessKey> accessKeys;

    /** @param max users, and access keys, that are kept at the most; 0 keeps none */
    CachedCredentials(CredentialStore store, int max) {
        this.store = store;
        this.users = new Recent<>(store::user, max);
        this.accessKeys = new Recent<>(store::accessKey, max);
    }

    /**
     * Keeps what {@code store} answers until {@code views} tell of a change of the instance.
     *
     * @param max users, and access keys, that are kept at the most; 0 keeps none
     */
    public static CachedCredentials over(CredentialStore store, InstanceViews views, int max) {
        CachedCredentials cached = new CachedCredentials(store, max);
        views.onChange(view -> cached.changed(view.id()));
        return cached;
    }

    @Override
    public CompletionStage<Optional<User>> user(String instance, String name) {
        return users.find(instance, name);
    }

    @Override
    public CompletionStage<Optional<AccessKey>> accessKey(String instance, String keyId) {
        return accessKeys.find(instance, keyId);
    }

    /** Not kept: what another node changes must not count for longer than it takes to store it. */
    @Override
    public CompletionStage<Optional<DeviceCredential>> device(String instance, String keyId) {
        return store.device(instance, keyId);
    }

    @Override
    public @Nullable String sampleHash(String instance) {
        return store.sampleHash(instance);
    }

    @Override
    public ScramSecret decoy(String instance, String name) {
        return store.decoy(instance, name);
    }

    /** The store has a newer state of {@code instance}: what it answered before is used no more. */
    void changed(String instance) {
        changes.merge(instance, 1L, Long::sum);
    }

    private long changesOf(String instance) {
        return changes.getOrDefault(instance, 0L);
    }

    private record Key(String instance, String name) {}

    /** @param change how many changes of the instance were known when the store was asked */
    private record Answer<T>(long change, CompletionStage<Optional<T>> value) {}

    /** The answers used last. The lock also orders them: none of an older state replaces one of a newer. */
    private final class Recent<T> {
        private final BiFunction<String, String, CompletionStage<Optional<T>>> lookup;
        private final Map<Key, Answer<T>> answers;

        Recent(BiFunction<String, String, CompletionStage<Optional<T>>> lookup, int max) {
            this.lookup = lookup;
            this.answers = new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Answer<T>> eldest) {
                    return size() > max;
                }
            };
        }

        CompletionStage<Optional<T>> find(String instance, String name) {
            Key key = new Key(instance, name);
            long change;
            synchronized (answers) {
                change = changesOf(instance);
                Answer<T> held = answers.get(key);
                if (held != null && held.change() == change) {
                    return held.value();
                }
            }
            CompletionStage<Optional<T>> value = lookup.apply(instance, name);
            Answer<T> answer = new Answer<>(change, value);
            return value.whenComplete((found, failure) -> {
                if (failure == null) {
                    keep(key, answer, found.isPresent());
                }
            });
        }

        private void keep(Key key, Answer<T> answer, boolean exists) {
            synchronized (answers) {
                if (answer.change() != changesOf(key.instance())) {
                    return;
                }
                if (exists) {
                    answers.put(key, answer);
                } else {
                    answers.remove(key);
                }
            }
        }
    }
}
