package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Will;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Wills: what holds for every implementation. */
public interface WillStoreContract {
    /** Of each will. */
    @Nullable
    Properties PROPERTIES = new Properties.Builder().user("why", "gone").build();

    /** Open stores, the same during one test. */
    Stores stores();

    private WillStore wills() {
        return stores().wills();
    }

    private static StoredWill will(long connection, long node) {
        return new StoredWill(
                connection,
                node,
                new SessionKey(TestStores.INSTANCE, "c" + connection),
                new Will("a/b", new Content(new byte[] {1}, PROPERTIES), 1, true, 5, 7),
                false,
                0);
    }

    @Test
    default void willsOfNodesThatAreGoneAreFound() {
        get(wills().put(will(1, 100)));
        get(wills().put(will(-2, 200)));
        get(wills().put(will(3, 300)));

        assertThat(get(wills().orphans(Set.of(100L, 300L), 10))).singleElement().satisfies(found -> {
            assertThat(found.connectionId()).isEqualTo(-2);
            assertThat(found.node()).isEqualTo(200);
            assertThat(found.key()).isEqualTo(new SessionKey(TestStores.INSTANCE, "c-2"));
            assertThat(found.will().topic()).isEqualTo("a/b");
            assertThat(found.will().content().payload()).containsExactly(1);
            assertThat(found.will().content().properties()).isEqualTo(PROPERTIES);
            assertThat(found.will().qos()).isEqualTo(1);
            assertThat(found.will().retain()).isTrue();
            assertThat(found.will().delaySeconds()).isEqualTo(5);
            assertThat(found.will().expirySeconds()).isEqualTo(7);
        });
        assertThat(get(wills().orphans(Set.of(), 10))).hasSize(3);
        assertThat(get(wills().orphans(Set.of(), 2))).hasSize(2);
    }

    @Test
    default void removedWillIsGone() {
        wills().put(will(1, 100));
        get(wills().remove(1));
        get(wills().remove(7));

        assertThat(get(wills().orphans(Set.of(), 10))).isEmpty();
    }

    @Test
    default void oneOfSeveralClaimsIsGranted() {
        StoredWill will = will(1, 100);
        get(wills().put(will));
        var first = wills().claim(will, 200);
        var second = wills().claim(will, 300);

        assertThat(get(first)).isTrue();
        assertThat(get(second)).isFalse();
        assertThat(get(wills().orphans(Set.of(100L), 10)))
                .extracting(StoredWill::node)
                .containsExactly(200L);
        assertThat(get(wills().claim(will(9, 100), 200))).isFalse();
    }

    @Test
    default void aWillThatIsTakenOverIsAnOrphanUntilItIsRemoved() {
        get(wills().put(will(1, 100)));
        get(wills().put(will(2, 100)));
        get(wills().claim(will(1, 100), 200));
        get(wills().claim(will(2, 100), 100)); // by its own node

        assertThat(get(wills().orphans(Set.of(100L, 200L), 10))).singleElement().satisfies(found -> {
            assertThat(found.connectionId()).isEqualTo(1);
            assertThat(found.node()).isEqualTo(200);
            assertThat(found.takenOver()).isTrue();
        });
        get(wills().claim(will(1, 200), 200));
        assertThat(get(wills().orphans(Set.of(100L, 200L), 10))).hasSize(1);
        get(wills().remove(1));
        assertThat(get(wills().orphans(Set.of(100L, 200L), 10))).isEmpty();
    }

    @Test
    default void aWillThatWaitsIsNoOrphanAndIsFoundWhenItIsDue() {
        get(wills().put(will(1, 100)));
        get(wills().put(will(2, 100)));
        get(wills().put(will(3, 100)));

        assertThat(get(wills().delay(will(1, 100), 100, 2000))).isTrue();
        assertThat(get(wills().delay(will(2, 100), 200, 1000))).isTrue(); // for a node that is gone
        assertThat(get(wills().delay(will(3, 300), 200, 1000))).isFalse();
        assertThat(get(wills().delay(will(9, 100), 100, 1000))).isFalse();

        assertThat(get(wills().orphans(Set.of(300L), 10)))
                .extracting(StoredWill::connectionId)
                .containsExactly(3L);
        assertThat(get(wills().due(999, 10))).isEmpty();
        assertThat(get(wills().due(1000, 10))).singleElement().satisfies(found -> {
            assertThat(found.connectionId()).isEqualTo(2);
            assertThat(found.node()).isEqualTo(200);
            assertThat(found.dueAt()).isEqualTo(1000);
        });
        assertThat(get(wills().due(Long.MAX_VALUE, 10)))
                .extracting(StoredWill::connectionId)
                .containsExactly(2L, 1L);
        assertThat(get(wills().due(Long.MAX_VALUE, 1))).hasSize(1);
        assertThat(get(wills().ofClient(new SessionKey(TestStores.INSTANCE, "c1"))))
                .extracting(StoredWill::dueAt)
                .containsExactly(2000L);
    }

    @Test
    default void aWillThatHasWaitedIsTakenOverByWhoPublishesIt() {
        StoredSession receiver = TestStores.session(stores(), "later");
        get(wills().put(will(1, 100)));
        get(wills().delay(will(1, 100), 100, 1000));
        StoredWill waiting = get(wills().due(1000, 1)).getFirst();

        assertThat(get(wills().claim(waiting, 100))).isTrue();
        assertThat(get(wills().due(Long.MAX_VALUE, 10))).isEmpty();
        assertThat(get(wills().orphans(Set.of(100L), 10))).singleElement().satisfies(found -> {
            assertThat(found.takenOver()).isTrue();
            assertThat(found.dueAt()).isZero();
        });
        assertThat(get(wills().cancel(waiting))).isFalse();
        publish(receiver, 1, 100);
        assertThat(get(wills().delay(waiting, 100, 1000))).isFalse();
        assertThat(get(stores().messages().depth(receiver.id()))).isEqualTo(1);
    }

    @Test
    default void aWillIsForgottenWhileItWaitsAndNotOnceItIsPublished() {
        StoredSession receiver = TestStores.session(stores(), "never");
        get(wills().put(will(1, 100)));
        get(wills().put(will(2, 100)));
        get(wills().put(will(3, 100)));
        get(wills().delay(will(1, 100), 100, 1000));
        publish(receiver, 3, 100);

        assertThat(get(wills().cancel(will(1, 300)))).isFalse();
        assertThat(get(wills().cancel(will(1, 100)))).isTrue();
        assertThat(get(wills().cancel(will(1, 100)))).isFalse();
        assertThat(get(wills().cancel(will(2, 100)))).isTrue(); // its connection has not ended
        assertThat(get(wills().cancel(will(3, 100)))).isFalse();
        assertThat(publish(receiver, 1, 100)).isEqualTo("passed over");
        assertThat(get(wills().orphans(Set.of(), 10)))
                .extracting(StoredWill::connectionId)
                .containsExactly(3L);
    }

    @Test
    default void willsOfAClientAreFoundByItsIdAlone() {
        get(wills().put(will(1, 100)));
        get(wills().put(will(2, 100)));
        get(wills().claim(will(1, 100), 200));

        assertThat(get(wills().ofClient(new SessionKey(TestStores.INSTANCE, "c1"))))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.connectionId()).isEqualTo(1);
                    assertThat(found.node()).isEqualTo(200);
                    assertThat(found.takenOver()).isTrue();
                    assertThat(found.will().content().payload()).containsExactly(1);
                });
        assertThat(get(wills().ofClient(new SessionKey(TestStores.INSTANCE, "c2"))))
                .singleElement()
                .satisfies(found -> assertThat(found.takenOver()).isFalse());
        assertThat(get(wills().ofClient(new SessionKey(TestStores.INSTANCE, "C1"))))
                .isEmpty();
        assertThat(get(wills().ofClient(new SessionKey("another", "c1")))).isEmpty();
    }

    @Test
    default void willIsStoredOnceWhicheverNodePublishesIt() {
        StoredSession receiver = TestStores.session(stores(), "receiver");
        StoredWill will = will(1, 100);
        get(wills().put(will));

        assertThat(publish(receiver, 1, 300)).isEqualTo("passed over");
        String first = publish(receiver, 1, 100);
        assertThat(publish(receiver, 1, 100)).isEqualTo("repeated" + first);

        get(wills().claim(will, 200));
        assertThat(publish(receiver, 1, 100)).isEqualTo("passed over");
        assertThat(publish(receiver, 1, 200)).isEqualTo("repeated" + first);

        get(wills().remove(1));
        assertThat(publish(receiver, 1, 200)).isEqualTo("passed over");
        assertThat(get(stores().messages().depth(receiver.id()))).isEqualTo(1);
    }

    @Test
    default void willsOfOneCommitAreToldApart() {
        StoredSession receiver = TestStores.session(stores(), "several");
        get(wills().put(will(3, 100)));
        get(wills().put(will(2, 100)));
        List<CompletableFuture<String>> outcomes =
                Stream.of(3, 2, 3, 1).map(each -> append(receiver, each, 100)).toList();

        String third = get(outcomes.get(0));
        String second = get(outcomes.get(1));
        assertThat(second).isNotEqualTo(third);
        assertThat(get(outcomes.get(2))).isEqualTo("repeated" + third);
        assertThat(get(outcomes.get(3))).isEqualTo("passed over");
        assertThat(get(stores().messages().depth(receiver.id()))).isEqualTo(2);
    }

    private String publish(StoredSession receiver, long connection, long node) {
        return get(append(receiver, connection, node));
    }

    /** What became of it: its identity, or how it was not stored. */
    private CompletableFuture<String> append(StoredSession receiver, long connection, long node) {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        stores().messages()
                .submit(new StoreCommand.Append(
                        TestStores.INSTANCE,
                        "a/b",
                        Content.of(new byte[] {1}),
                        Origin.UNKNOWN,
                        List.of(new StoreCommand.Receiver(receiver.id(), 1)),
                        new StoreCommand.WillMark(connection, node),
                        new StoreCommand.AppendListener() {
                            @Override
                            public void committed(MessageId id) {
                                outcome.complete(id.toString());
                            }

                            @Override
                            public void repeated(MessageId first) {
                                outcome.complete("repeated" + first);
                            }

                            @Override
                            public void failed(StoreUnavailableException cause) {
                                outcome.completeExceptionally(cause);
                            }

                            @Override
                            public void passedOver() {
                                outcome.complete("passed over");
                            }
                        }));
        return outcome;
    }
}
