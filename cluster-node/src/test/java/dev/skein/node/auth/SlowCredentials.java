package dev.skein.node.auth;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.User;
import dev.skein.persistence.api.DeviceCredential;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that answers when a test says so, the oldest question first. */
final class SlowCredentials implements CredentialStore {
    private final List<String> asked = new ArrayList<>();
    private final Queue<CompletableFuture<Optional<User>>> users = new ArrayDeque<>();
    private final Queue<CompletableFuture<Optional<AccessKey>>> keys = new ArrayDeque<>();

    @Override
    public CompletionStage<Optional<User>> user(String instance, String name) {
        asked.add("user " + instance + "/" + name);
        CompletableFuture<Optional<User>> answer = new CompletableFuture<>();
        users.add(answer);
        return answer;
    }

    @Override
    public CompletionStage<Optional<AccessKey>> accessKey(String instance, String keyId) {
        asked.add("key " + instance + "/" + keyId);
        CompletableFuture<Optional<AccessKey>> answer = new CompletableFuture<>();
        keys.add(answer);
        return answer;
    }

    @Override
    public @Nullable String sampleHash(String instance) {
        return null;
    }

    @Override
    public ScramSecret decoy(String instance, String name) {
        return new ScramSecret(4096, new byte[16], new byte[32], new byte[32]);
    }

    List<String> asked() {
        return asked;
    }

    /** The oldest question for a user, to be answered by the test. */
    CompletableFuture<Optional<User>> takeUser() {
        return users.remove();
    }

    void answerUser(Optional<User> user) {
        users.remove().complete(user);
    }

    void answerKey(Optional<AccessKey> key) {
        keys.remove().complete(key);
    }

    /** Nothing is found. */
    void answerAll() {
        answer(Optional.empty());
    }

    /** Answers every question for a user with this one, and finds no access key. */
    void answerAll(User user) {
        answer(Optional.of(user));
    }

    private void answer(Optional<User> user) {
        while (!users.isEmpty()) {
            answerUser(user);
        }
        while (!keys.isEmpty()) {
            answerKey(Optional.empty());
        }
    }

    /** Fails every question. */
    void fail() {
        IllegalStateException failure = new IllegalStateException("no database");
        while (!users.isEmpty()) {
            users.remove().completeExceptionally(failure);
        }
        while (!keys.isEmpty()) {
            keys.remove().completeExceptionally(failure);
        }
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> device(String instance, String keyId) {
        return CompletableFuture.completedStage(Optional.empty());
    }
}
