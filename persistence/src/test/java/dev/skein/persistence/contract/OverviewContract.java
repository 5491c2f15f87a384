package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedSummary;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionSummary;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators see of the stores: what holds for every implementation. */
public interface OverviewContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private Overview overview() {
        return stores().overview();
    }

    private StoredSession with(String clientId, String... filters) {
        StoredSession made = get(stores().sessions().create(new SessionKey(TestStores.INSTANCE, clientId), null, 5));
        List<Subscription> wanted = new ArrayList<>();
        for (String filter : filters) {
            wanted.add(new Subscription(filter, 1));
        }
        get(stores().sessions().subscribe(made, wanted));
        return made;
    }

    @Test
    default void sessionsAreCountedAndNotLoaded() {
        with("b", "x/1", "x/22");
        with("a");
        get(stores().sessions().create(new SessionKey("other", "c"), "user:ann", 1));

        List<SessionSummary> all = get(overview().sessions(TestStores.INSTANCE, "", 10));
        assertThat(all).extracting(each -> each.key().clientId()).containsExactly("a", "b");
        assertThat(all).extracting(SessionSummary::filters).containsExactly(0, 2);
        assertThat(all).extracting(SessionSummary::filterChars).containsExactly(0L, 7L);
        assertThat(get(overview().sessions(TestStores.INSTANCE, "a", 1)))
                .extracting(each -> each.key().clientId())
                .containsExactly("b");
        assertThat(get(overview().session(new SessionKey("other", "c"))))
                .hasValueSatisfying(each -> assertThat(each.owner()).isEqualTo("user:ann"));
        assertThat(get(overview().session(new SessionKey("other", "a")))).isEmpty();
        assertThat(get(overview().filterUsage(TestStores.INSTANCE))).isEqualTo(new Overview.Usage(2, 7));
        assertThat(get(overview().filterUsage("none"))).isEqualTo(Overview.Usage.NONE);
    }

    @Test
    default void theLargestSessionComesFirst() {
        with("few", "a", "b");
        with("long", "a/" + "x".repeat(500));
        with("none");
        StoredSession queue = session(stores(), "queue");
        get(append(stores().messages(), queue, "1"));

        assertThat(get(overview().largest(TestStores.INSTANCE, Overview.Size.FILTERS, 10)))
                .extracting(each -> each.key().clientId())
                .containsExactly("long", "few");
        assertThat(get(overview().largest(TestStores.INSTANCE, Overview.Size.QUEUE, 10)))
                .extracting(each -> each.key().clientId())
                .containsExactly("queue");
    }

    @Test
    default void subscriptionsComeInPages() {
        StoredSession session = with("c", "a", "b/+", "c/#", "d", "e");
        List<String> seen = new ArrayList<>();
        List<Subscription> page = get(overview().subscriptions(session.id(), "", 2));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            page.forEach(each -> seen.add(each.fullFilter()));
            page = get(overview().subscriptions(session.id(), page.getLast().fullFilter(), 2));
        }
        assertThat(seen).containsExactlyInAnyOrder("a", "b/+", "c/#", "d", "e");
    }

    @Test
    default void retainedMessagesAreListedWithoutTheirBodies() {
        String tail = "t".repeat(300);
        for (String topic : List.of("b", "a/" + tail + "1", "a/" + tail + "2", "a/b", "a", "ab")) {
            get(stores().retained().put(TestStores.INSTANCE, message(topic, topic.length())));
        }
        assertThat(pages("")).containsExactly("a", "a/b", "a/" + tail + "1", "a/" + tail + "2", "ab", "b");
        assertThat(pages("a/")).containsExactly("a/b", "a/" + tail + "1", "a/" + tail + "2");
        assertThat(pages("a/" + tail + "2")).containsExactly("a/" + tail + "2");
        assertThat(pages("z")).isEmpty();

        RetainedSummary first =
                get(overview().retained(TestStores.INSTANCE, "a/b", "", 1)).getFirst();
        assertThat(first).isEqualTo(new RetainedSummary(new MessageId(3, 7), "a/b", 1, 3, Origin.client("x", "p")));
        get(stores().retained().put("other", message("xyz", 9)));
        assertThat(get(overview().retainedUsage("other"))).isEqualTo(new Overview.Usage(1, 12));
    }

    private static RetainedMessage message(String topic, int bytes) {
        return new RetainedMessage(
                new MessageId(bytes, 7), topic, Content.of(new byte[bytes]), 1, Origin.client("x", "p"));
    }

    private List<String> pages(String prefix) {
        List<String> topics = new ArrayList<>();
        List<RetainedSummary> page = get(overview().retained(TestStores.INSTANCE, prefix, "", 2));
        while (!page.isEmpty()) {
            page.forEach(each -> topics.add(each.topic()));
            page = get(overview()
                    .retained(TestStores.INSTANCE, prefix, page.getLast().topic(), 2));
        }
        return topics;
    }
}
