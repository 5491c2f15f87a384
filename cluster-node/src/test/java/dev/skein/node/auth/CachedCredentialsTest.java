package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.Secret;
import dev.skein.node.registry.User;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class CachedCredentialsTest {
    private static final String USERS = """
            fleet { users = [{ name = bob, password-hash = "%s" }] }
            plain { users = [{ name = bob, password-hash = "%s" }] }
            """;
    private static final String HASH = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private static final String OTHER = "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";

    private final SlowCredentials store = new SlowCredentials();
    private final CachedCredentials cached = new CachedCredentials(store, 2);

    @Test
    void whatWasFoundIsNotLookedUpAgain() {
        find("fleet", "bob", user("bob", "1"));
        CompletionStage<Optional<User>> again = cached.user("fleet", "bob");
        assertThat(again).isCompletedWithValue(Optional.of(user("bob", "1")));
        assertThat(store.asked()).containsExactly("user fleet/bob");
    }

    @Test
    void theSameNameIsAnotherCredentialInAnotherInstanceAndAnotherKind() {
        find("fleet", "bob", user("bob", "1"));
        find("plain", "bob", user("bob", "2"));
        AccessKey key = new AccessKey("bob", new Secret("3"), null, List.of());
        CompletionStage<Optional<AccessKey>> found = cached.accessKey("fleet", "bob");
        store.answerKey(Optional.of(key));
        assertThat(found).isCompletedWithValue(Optional.of(key));
        assertThat(cached.accessKey("fleet", "bob")).isCompletedWithValue(Optional.of(key));
        assertThat(store.asked()).containsExactly("user fleet/bob", "user plain/bob", "key fleet/bob");
    }

    @Test
    void theOneUsedLongestAgoGivesWay() {
        find("fleet", "amy", user("amy", "1"));
        find("fleet", "bob", user("bob", "1"));
        cached.user("fleet", "amy");
        find("fleet", "carl", user("carl", "1"));
        store.asked().clear();
        assertThat(cached.user("fleet", "amy")).isCompleted();
        assertThat(cached.user("fleet", "carl")).isCompleted();
        assertThat(store.asked()).isEmpty();
        assertThat(cached.user("fleet", "bob")).isNotDone();
        assertThat(store.asked()).containsExactly("user fleet/bob");
    }

    @Test
    void namesThatDoNotExistDisplaceNone() {
        find("fleet", "bob", user("bob", "1"));
        for (int i = 0; i < 10; i++) {
            assertThat(cached.user("fleet", "guess" + i)).isNotDone();
        }
        for (int i = 0; i < 10; i++) {
            store.answerUser(Optional.empty());
        }
        assertThat(cached.user("fleet", "guess1")).as("looked up again").isNotDone();
        assertThat(cached.user("fleet", "bob")).isCompleted();
    }

    @Test
    void aFailureIsToldAndNotKept() {
        CompletionStage<Optional<User>> failed = cached.user("fleet", "bob");
        store.fail();
        assertThat(failed).isCompletedExceptionally();
        find("fleet", "bob", user("bob", "1"));
        assertThat(cached.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", "1")));
    }

    @Test
    void aChangeOfTheInstanceMakesItsOwnOutOfDate() {
        find("fleet", "bob", user("bob", "1"));
        find("plain", "bob", user("bob", "1"));
        cached.changed("fleet");
        assertThat(cached.user("plain", "bob")).isCompleted();
        find("fleet", "bob", user("bob", "2"));
        assertThat(cached.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", "2")));
    }

    @Test
    void oneThatIsGoneAfterAChangeIsNotFound() {
        find("fleet", "bob", user("bob", "1"));
        cached.changed("fleet");
        CompletionStage<Optional<User>> gone = cached.user("fleet", "bob");
        store.answerUser(Optional.empty());
        assertThat(gone).isCompletedWithValue(Optional.empty());
        assertThat(cached.user("fleet", "bob")).isNotDone();
    }

    @Test
    void anAnswerFromBeforeAChangeIsNotKept() {
        CompletionStage<Optional<User>> early = cached.user("fleet", "bob");
        cached.changed("fleet");
        store.answerUser(Optional.of(user("bob", "old")));
        assertThat(early).isCompletedWithValue(Optional.of(user("bob", "old")));
        find("fleet", "bob", user("bob", "new"));
        assertThat(cached.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", "new")));
    }

    @Test
    void anAnswerFromBeforeAChangeThatComesLastDoesNotReplaceTheNewerOne() {
        CompletableFuture<Optional<User>> early = pending("bob");
        cached.changed("fleet");
        CompletableFuture<Optional<User>> late = pending("bob");
        late.complete(Optional.of(user("bob", "new")));
        early.complete(Optional.of(user("bob", "old")));
        assertThat(cached.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", "new")));

        CompletableFuture<Optional<User>> gone = pending("carl");
        cached.changed("fleet");
        CompletableFuture<Optional<User>> back = pending("carl");
        back.complete(Optional.of(user("carl", "new")));
        gone.complete(Optional.empty());
        assertThat(cached.user("fleet", "carl")).isCompletedWithValue(Optional.of(user("carl", "new")));
    }

    @Test
    void aChangeInAnotherInstanceDoesNotStopAnAnswerFromBeingKept() {
        CompletableFuture<Optional<User>> answer = pending("bob");
        cached.changed("plain");
        answer.complete(Optional.of(user("bob", "1")));
        assertThat(cached.user("fleet", "bob")).isCompleted();
    }

    @Test
    void nothingIsKeptWithoutRoom() {
        CachedCredentials none = new CachedCredentials(store, 0);
        for (int i = 0; i < 2; i++) {
            assertThat(none.user("fleet", "bob")).isNotDone();
            store.answerUser(Optional.of(user("bob", "1")));
        }
    }

    @Test
    void aChangedViewOfTheRegistryIsSeenAtOnce() {
        Views views = Views.of(USERS.formatted(HASH, HASH));
        CachedCredentials registry = CachedCredentials.over(new RegistryCredentials(views, new Devices()), views, 10);
        assertThat(registry.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", HASH)));
        views.become(USERS.formatted(OTHER, HASH));
        assertThat(registry.user("fleet", "bob")).isCompletedWithValue(Optional.of(user("bob", OTHER)));
        views.become("fleet {}, plain {}");
        assertThat(registry.user("fleet", "bob")).isCompletedWithValue(Optional.empty());
        assertThat(registry.user("nowhere", "bob")).isCompletedWithValue(Optional.empty());
    }

    @Test
    void theSampleHashIsOneOfTheInstance() {
        Views views = Views.of("empty {}, fleet { users = [{ name = bob, password-hash = \"%s\" }] }".formatted(OTHER));
        CachedCredentials registry = CachedCredentials.over(new RegistryCredentials(views, new Devices()), views, 10);
        assertThat(registry.sampleHash("fleet")).isEqualTo(OTHER);
        assertThat(registry.sampleHash("empty")).isNull();
        assertThat(registry.sampleHash("nowhere")).isNull();
    }

    private void find(String instance, String name, User user) {
        CompletionStage<Optional<User>> found = cached.user(instance, name);
        assertThat(found).isNotDone();
        store.answerUser(Optional.of(user));
        assertThat(found).isCompletedWithValue(Optional.of(user));
    }

    private CompletableFuture<Optional<User>> pending(String name) {
        assertThat(cached.user("fleet", name)).isNotDone();
        return store.takeUser();
    }

    private static User user(String name, String hash) {
        return new User(name, new Secret(hash), List.of());
    }
}
