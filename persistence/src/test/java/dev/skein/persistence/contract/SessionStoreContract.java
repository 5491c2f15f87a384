package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.flush;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions and subscriptions: what holds for every implementation. */
public interface SessionStoreContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private SessionStore sessions() {
        return stores().sessions();
    }

    private static SessionKey key(String clientId) {
        return new SessionKey(TestStores.INSTANCE, clientId);
    }

    @Test
    default void sessionIsFoundAfterItWasMade() {
        assertThat(get(sessions().find(key("a")))).isEmpty();
        StoredSession made = get(sessions().create(key("a"), null, 5));

        assertThat(made.id()).isPositive();
        assertThat(made.createdAt()).isEqualTo(5);
        assertThat(made.disconnectedAt()).isZero();
        assertThat(get(sessions().find(key("a")))).contains(made);
        assertThat(get(sessions().create(key("a"), null, 6))).isEqualTo(made);
        assertThat(get(sessions().find(new SessionKey("other", "a")))).isEmpty();
    }

    @Test
    default void sessionHasTheOwnerThatItWasGivenLast() {
        StoredSession hers = get(sessions().create(key("hers"), "user:alice", 1));
        assertThat(hers.owner()).isEqualTo("user:alice");
        assertThat(get(sessions().find(key("hers")))).contains(hers);
        assertThat(get(sessions().create(key("hers"), "user:bob", 2))).isEqualTo(hers);
        get(sessions().own(hers, "user:bob"));
        assertThat(get(sessions().find(key("hers")))).contains(hers.ownedBy("user:bob"));

        StoredSession nobodys = get(sessions().create(key("nobodys"), null, 1));
        assertThat(nobodys.owner()).isNull();
        CompletionStage<Void> first = sessions().own(nobodys, "user:bob");
        get(sessions().own(nobodys, "account:ü"));
        get(first);
        assertThat(get(sessions().find(key("nobodys")))).contains(nobodys.ownedBy("account:ü"));
        assertThat(get(sessions().list(TestStores.INSTANCE, "nobodys", "", 1)))
                .containsExactly(nobodys.ownedBy("account:ü"));
    }

    @Test
    default void equalClientIdsOfTwoInstancesAreTwoSessions() {
        StoredSession one = get(sessions().create(new SessionKey("one", "c"), null, 1));
        StoredSession two = get(sessions().create(new SessionKey("two", "c"), null, 1));

        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(get(sessions().count("one"))).isEqualTo(1);
    }

    @Test
    default void callsThatArriveTogetherGetTheSameSession() {
        List<CompletionStage<StoredSession>> calls = IntStream.range(0, 20)
                .mapToObj(i -> sessions().create(key("together" + i % 4), null, i))
                .toList();

        assertThat(calls.stream().map(TestStores::get).map(StoredSession::id).distinct())
                .hasSize(4);
    }

    @Test
    default void manyLookUpsAtOnceAreAllAnswered() {
        IntStream.range(0, 700)
                .mapToObj(i -> sessions().create(key("many" + i), null, i))
                .toList()
                .forEach(TestStores::get);
        List<CompletionStage<Optional<StoredSession>>> lookups = IntStream.range(0, 1400)
                .mapToObj(i -> sessions().find(key("many" + i)))
                .toList();

        for (int i = 0; i < lookups.size(); i++) {
            Optional<StoredSession> found = get(lookups.get(i));
            assertThat(found.isPresent()).isEqualTo(i < 700);
            if (found.isPresent()) {
                assertThat(found.get().createdAt()).isEqualTo(i);
            }
        }
    }

    @Test // [MQTT-3.8.4-3]
    default void subscriptionReplacesTheOneWithTheSameFilter() {
        StoredSession session = session(stores(), "subs");
        get(sessions().subscribe(session, List.of(new Subscription("a/#", 1), new Subscription("+/b", 0))));
        get(sessions().subscribe(session, List.of(new Subscription("a/#", 2))));

        StoredSession found = get(sessions().find(session.key())).orElseThrow();
        assertThat(found.subscriptions())
                .containsExactlyInAnyOrder(new Subscription("a/#", 2), new Subscription("+/b", 0));

        get(sessions().unsubscribe(session, List.of("a/#", "never")));
        assertThat(get(sessions().find(session.key())).orElseThrow().subscriptions())
                .containsExactly(new Subscription("+/b", 0));
    }

    @Test
    default void optionsShareGroupAndIdentifierOfASubscriptionComeBack() {
        StoredSession session = session(stores(), "options");
        Subscription own = new Subscription("o/#", 1, true, true, 2, null, 268_435_455);
        Subscription shared = new Subscription("o/#", 2, false, true, 1, "g", 1);
        get(sessions().subscribe(session, List.of(own, shared)));

        assertThat(get(sessions().find(session.key())).orElseThrow().subscriptions())
                .containsExactlyInAnyOrder(own, shared);
        assertThat(get(sessions().routes(TestStores.INSTANCE, "o", 0, 100)))
                .extracting(PersistentRoute::subscription)
                .containsExactlyInAnyOrder(own, shared);
        assertThat(get(sessions().routes(TestStores.INSTANCE, Map.of(session.id(), Set.of("$share/g/o/#")))))
                .extracting(PersistentRoute::subscription)
                .containsExactly(shared);

        get(sessions().unsubscribe(session, List.of("$share/g/o/#")));
        assertThat(get(sessions().find(session.key())).orElseThrow().subscriptions())
                .containsExactly(own);
    }

    @Test
    default void theLastOfSeveralChangesToOneFilterCounts() {
        StoredSession session = session(stores(), "last");
        List<Subscription> subscriptions = List.of(new Subscription("x", 1));
        sessions().subscribe(session, subscriptions);
        sessions().unsubscribe(session, List.of("x"));
        sessions().subscribe(session, List.of(new Subscription("x", 2), new Subscription("y", 0)));
        get(sessions().unsubscribe(session, List.of("y")));

        assertThat(get(sessions().find(session.key())).orElseThrow().subscriptions())
                .containsExactly(new Subscription("x", 2));
    }

    @Test
    default void deletedSessionLeavesNothingAndANewOneIsAnother() {
        StoredSession session = session(stores(), "deleted");
        get(sessions().subscribe(session, List.of(new Subscription("d/#", 1))));
        MessageId sent = get(append(stores().messages(), session, "m"));
        MessageId received = get(append(stores().messages(), session, "n"));
        stores().messages().submit(new StoreCommand.Received(session.id(), received, 3, () -> {}));
        get(append(stores().messages(), "t", new byte[0], List.of(), new StoreCommand.InboundMark(session.id(), 4)));
        get(sessions().delete(session));

        assertThat(get(sessions().find(session.key()))).isEmpty();
        assertThat(get(sessions().routes(TestStores.INSTANCE, "d", 0, 10))).isEmpty();
        assertThat(get(stores().messages().depth(session.id()))).isZero();
        assertThat(get(stores().messages().flowState(session.id()))).isEqualTo(new FlowState(List.of(), List.of()));
        StoredSession again = session(stores(), "deleted");
        assertThat(again.id()).isNotEqualTo(session.id());
        assertThat(again.subscriptions()).isEmpty();
        assertThat(sent).isNotNull();
    }

    @Test
    default void everythingInOneBatchTakesEffectInOrder() {
        StoredSession old = session(stores(), "batch");
        CompletableFuture<MessageId> appended = append(stores().messages(), old, "m");
        CompletionStage<Void> deleted = sessions().delete(old);
        CompletionStage<StoredSession> made = sessions().create(old.key(), null, 9);
        CompletionStage<Void> deletedAgain =
                made.thenCompose(session -> sessions().delete(session));
        get(appended);
        get(deleted);
        get(deletedAgain);
        flush(stores().messages());

        assertThat(get(made).id()).isNotEqualTo(old.id());
        assertThat(get(made).createdAt()).isEqualTo(9);
        assertThat(get(sessions().find(old.key()))).isEmpty();
        assertThat(get(stores().messages().depth(old.id()))).isZero();
    }

    @Test
    default void routesAreReadByParentAndInPagesOfWholeSessions() {
        List<StoredSession> made = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            StoredSession session = session(stores(), "route" + i);
            made.add(session);
            get(sessions()
                    .subscribe(
                            session,
                            List.of(
                                    new Subscription("p/" + i, 1),
                                    new Subscription("p/#", 2),
                                    new Subscription("p", 0),
                                    new Subscription("+/x", 1),
                                    new Subscription("#", 1),
                                    new Subscription("q/x", 1))));
        }
        List<PersistentRoute> routes = new ArrayList<>();
        List<PersistentRoute> page = get(sessions().routes(TestStores.INSTANCE, "p", 0, 10));
        while (!page.isEmpty()) {
            assertThat(page.stream().map(PersistentRoute::sessionId).distinct()).hasSizeLessThanOrEqualTo(10);
            routes.addAll(page);
            page = get(
                    sessions().routes(TestStores.INSTANCE, "p", page.getLast().sessionId(), 10));
        }

        assertThat(routes).hasSize(75);
        assertThat(routes)
                .doesNotHaveDuplicates()
                .contains(new PersistentRoute(made.get(3).id(), made.get(3).key(), new Subscription("p/3", 1)));
        assertThat(get(sessions().routes(TestStores.INSTANCE, "#", 0, 100)))
                .hasSize(50)
                .extracting(route -> route.subscription().filter())
                .containsOnly("+/x", "#");
        assertThat(get(sessions().routes("other", "p", 0, 100))).isEmpty();
    }

    @Test
    default void routesAreReadBySessionAndFilter() {
        Map<Long, Set<String>> wanted = new HashMap<>();
        List<PersistentRoute> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) { // more than one statement holds
            StoredSession session = session(stores(), "asked" + i);
            get(sessions().subscribe(session, List.of(new Subscription("p/" + i, 1), new Subscription("p/#", i % 3))));
            wanted.put(session.id(), Set.of("p/#", "p/not", "p/" + (i + 1)));
            expected.add(new PersistentRoute(session.id(), session.key(), new Subscription("p/#", i % 3)));
        }
        wanted.put(Long.MAX_VALUE, Set.of("p/#"));

        assertThat(get(sessions().routes(TestStores.INSTANCE, wanted))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(get(sessions().routes("other", wanted))).isEmpty();
        assertThat(get(sessions().routes(TestStores.INSTANCE, Map.of()))).isEmpty();
    }

    @Test
    default void sessionsThatLeftAreReadOldestFirst() {
        List<StoredSession> made = IntStream.range(0, 5)
                .mapToObj(i -> session(stores(), "left" + i))
                .toList();
        get(sessions().note(made.get(0).seen(300, 0)));
        get(sessions().note(made.get(1).seen(100, 0)));
        get(sessions().note(made.get(2).seen(200, 0)));
        get(sessions().note(made.get(3).seen(50, 0)));
        get(sessions().note(made.get(3).seen(50, 9))); // it is connected again

        List<StoredSession> left = get(sessions().expired(TestStores.INSTANCE, 5000, 300, 10));
        assertThat(left)
                .extracting(StoredSession::id)
                .containsExactly(made.get(1).id(), made.get(2).id());
        assertThat(left.getFirst().disconnectedAt()).isEqualTo(100);
        assertThat(get(sessions().expired(TestStores.INSTANCE, 5000, 300, 1))).hasSize(1);
        assertThat(get(sessions().expired("other", 5000, 300, 10))).isEmpty();
    }

    @Test
    default void eachSessionEndsByItsOwnExpiry() {
        left("at-once", 10_000, 0L);
        left("in-2s", 9_000, 2L);
        left("in-3s", 9_000, 3L);
        left("later", 8_000, SessionTerm.NEVER - 1);
        left("never", 7_000, SessionTerm.NEVER);
        left("by-settings", 6_000, null);
        StoredSession connected = left("connected", 5_000, 1L);
        get(sessions().note(connected.seen(5_000, 9)));

        assertThat(get(sessions().expired(TestStores.INSTANCE, 11_001, 6_000, 10)))
                .extracting(each -> each.key().clientId())
                .containsExactly("in-2s", "at-once");
        assertThat(get(sessions().expired(TestStores.INSTANCE, 12_001, 6_001, 10)))
                .extracting(each -> each.key().clientId())
                .containsExactly("by-settings", "in-2s", "in-3s", "at-once");
        assertThat(get(sessions().expired(TestStores.INSTANCE, Long.MAX_VALUE, 0, 10)))
                .extracting(each -> each.key().clientId())
                .containsExactly("later", "in-2s", "in-3s", "at-once");
    }

    private StoredSession left(String clientId, long at, @Nullable Long expirySeconds) {
        StoredSession made = get(sessions().create(StoredSession.wanted(key(clientId), "user:a", expirySeconds, 0, 1)));
        get(sessions().note(made.seen(at, 0)));
        return made;
    }

    @Test
    default void howASessionEndsIsKept() {
        StoredSession made = get(sessions().create(StoredSession.wanted(key("end"), "user:a", 60L, 9, 5)));
        assertThat(made.expirySeconds()).isEqualTo(60);
        assertThat(made.holder()).isEqualTo(9);
        assertThat(made.createdAt()).isEqualTo(5);
        assertThat(get(sessions().find(key("end")))).contains(made);
        assertThat(get(sessions().create(StoredSession.wanted(key("end"), null, 7L, 8, 6))))
                .isEqualTo(made);

        StoredSession left = made.seen(77, 0).withWill(true).expiringAfter(null);
        get(sessions().note(left));
        assertThat(get(sessions().find(key("end")))).contains(left);
    }

    @Test
    default void sessionsOfNodesThatAreGoneAreFound() {
        StoredSession here = get(sessions().create(StoredSession.wanted(key("here"), null, null, 1, 5)));
        get(sessions().create(StoredSession.wanted(key("gone"), null, null, -2, 5)));
        get(sessions().create(StoredSession.wanted(new SessionKey("other", "gone"), null, 0L, 3, 5)));
        get(sessions().create(key("nobodys"), null, 5));

        assertThat(get(sessions().heldByOthers(Set.of(1L, 7L), 10)))
                .extracting(each -> each.key().instance())
                .containsExactlyInAnyOrder(TestStores.INSTANCE, "other");
        assertThat(get(sessions().heldByOthers(Set.of(-2L, 3L), 10)))
                .extracting(StoredSession::id)
                .containsExactly(here.id());
        assertThat(get(sessions().heldByOthers(Set.of(7L), 2))).hasSize(2);
    }

    @Test
    default void listGoesByClientIdInPagesAndByPrefix() {
        String tail = "z".repeat(200);
        for (String clientId : List.of("b2", "a", "b" + tail + "2", "b" + tail + "1", "c", "b1")) {
            session(stores(), clientId);
        }

        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "", "", 2))))
                .containsExactly("a", "b1");
        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "", "b1", 2))))
                .containsExactly("b2", "b" + tail + "1");
        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "b", "", 10))))
                .containsExactly("b1", "b2", "b" + tail + "1", "b" + tail + "2");
        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "b", "b2", 10))))
                .containsExactly("b" + tail + "1", "b" + tail + "2");
        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "b" + tail, "", 10))))
                .containsExactly("b" + tail + "1", "b" + tail + "2");
        assertThat(clientIds(get(sessions().list(TestStores.INSTANCE, "x", "", 10))))
                .isEmpty();
        assertThat(get(sessions().count(TestStores.INSTANCE))).isEqualTo(6);
    }

    private static List<String> clientIds(List<StoredSession> sessions) {
        return sessions.stream().map(session -> session.key().clientId()).toList();
    }

    @Test
    default void longClientIdsAndFiltersAreKeptApart() {
        String longText = "ä".repeat(32_000);
        StoredSession one = session(stores(), longText + "1");
        StoredSession two = session(stores(), longText + "2");
        get(sessions()
                .subscribe(one, List.of(new Subscription(longText + "/1", 1), new Subscription(longText + "/2", 1))));
        get(sessions().subscribe(two, List.of(new Subscription(longText + "/1", 2))));

        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(get(sessions().find(one.key())).orElseThrow().subscriptions())
                .hasSize(2);
        assertThat(get(sessions().routes(TestStores.INSTANCE, longText, 0, 10))).hasSize(3);
    }
}
