package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncCommand;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Subscription;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What sessions, routers and tables tell one another may cross nodes: each message is put through the serializer. */
class ClusterMessagesTest extends MessagesContract {
    private static final SessionKey KEY = new SessionKey("default", "client");
    private static final StoredSession SESSION =
            new StoredSession(7, KEY, 1, 2, null, List.of(new Subscription("a/b", 1)));

    ClusterMessagesTest() {
        super("cluster.txt");
    }

    /** A message that has grown since some node wrote it. */
    record Grown(
            String name, int count, boolean flag, @Nullable String text, List<String> list) implements ClusterMessage {
        Grown {
            list = Objects.requireNonNullElse(list, List.of());
        }
    }

    @Override
    protected Stream<Object> samples() {
        return Stream.of(sessions(), connections(), routers(), keepers(), syncs(), stillMembers())
                .flatMap(each -> each);
    }

    @Override
    protected Stream<Class<?>> types() {
        return Stream.of(
                SessionCommand.Remote.class,
                ConnectionEvent.class,
                RouterCommand.Remote.class,
                KeeperCommand.Remote.class,
                SyncCommand.Remote.class,
                StillMember.Remote.class,
                SessionCommand.Location.class,
                SessionCommand.Kicked.class,
                RouterCommand.RouteApplied.class,
                RouterCommand.Retained.class,
                RouterCommand.RetainedPage.class);
    }

    @Test
    void fieldsThatAnEarlierVersionDidNotHaveGetTheirDefaults() throws IOException {
        assertThat(read(Grown.class, Map.of("name", "n"))).isEqualTo(new Grown("n", 0, false, null, List.of()));
    }

    private Stream<Object> sessions() {
        ConnectionRef connection = new ConnectionRef(someone(), -5, 9);
        SessionCommand.Attach attach =
                new SessionCommand.Attach(connection, true, false, true, null, false, null, null);
        return Stream.of(
                attach,
                SessionCommand.Detach.of(5),
                new SessionCommand.Subscribe(connection, 1, List.of(new Subscription("a/#", 2))),
                new SessionCommand.Unsubscribe(connection, 1, List.of("a/#")),
                new SessionCommand.ProbeResult(5, true, false),
                new SessionCommand.ProbeResult(5, false, true),
                new SessionCommand.Holder(9, attach),
                new SessionCommand.Holder(9, null),
                new SessionCommand.Locate(someone()),
                new SessionCommand.Location(7, 5, 9),
                new SessionCommand.Kick(someone()),
                new SessionCommand.Kicked(true),
                new SessionCommand.Expire(77),
                new SessionCommand.Subscribe(connection, 1, List.of(new Subscription("a/#", 2, true, true, 2, "g", 5))),
                new SessionCommand.Attach(connection, true, false, true, "user:bob", true, null, null),
                new SessionCommand.Attach(connection, true, false, true, null, false, 60L, 7L),
                new SessionCommand.Detach(5, 60L, true));
    }

    private Stream<Object> connections() {
        return Stream.of(
                new ConnectionEvent.Attached(5, true, SESSION, 9),
                new ConnectionEvent.Attached(5, false, null, 9),
                new ConnectionEvent.AttachedPart(new ConnectionEvent.Attached(5, true, SESSION, 9), 3, 1, 2),
                new ConnectionEvent.Resumed(5, 9, null),
                new ConnectionEvent.Reclaim(5),
                new ConnectionEvent.Refused(5, ConnectionEvent.Refusal.BUSY, null),
                new ConnectionEvent.TakenOver(5),
                new ConnectionEvent.Kick(5, someone()),
                new ConnectionEvent.Probe(5, someone()),
                new ConnectionEvent.WhoHolds(0, KEY, someone()),
                new ConnectionEvent.Subscribed(5, 1),
                new ConnectionEvent.SubscribeFailed(5, 1),
                new ConnectionEvent.Attached(5, true, SESSION.ownedBy("user:bob"), 9),
                new ConnectionEvent.Refused(5, ConnectionEvent.Refusal.NOT_OWNER, "user:bob"),
                new ConnectionEvent.Attached(
                        5, true, SESSION.expiringAfter(0L).seen(2, 9).withWill(true), 9),
                new ConnectionEvent.Resumed(5, 9, KEY));
    }

    private Stream<Object> routers() {
        RetainedMessage retained =
                new RetainedMessage(new MessageId(1, 2), "a/b", Content.of(new byte[] {1, 2}), 1, Origin.UNKNOWN);
        Properties properties =
                new Properties.Builder().user("k", "v").expiresAt(77).build();
        RetainedMessage told = new RetainedMessage(
                new MessageId(1, 2), "a/b", new Content(new byte[] {1}, properties), 1, Origin.client("mqtt", "c"));
        return Stream.of(
                new RouterCommand.OpenTable(9, someone()),
                new RouterCommand.CloseTable(9),
                new RouterCommand.Put(7, "client", List.of(new Subscription("a/b", 1)), someone()),
                new RouterCommand.Remove(7, List.of("a/b"), someone()),
                new RouterCommand.RouteApplied("a"),
                new RouterCommand.Applied(9, 3),
                new RouterCommand.Retain(retained, someone()),
                new RouterCommand.Retained(true, null),
                new RouterCommand.Retained(false, "retained messages: 9 bytes (limits.retained-bytes: 8)"),
                new RouterCommand.FindRetained("a/#", "", 10, someone()),
                new RouterCommand.RetainedPage(List.of(retained), "a/b"),
                new RouterCommand.Retain(told, someone()));
    }

    private Stream<Object> keepers() {
        return Stream.of(
                new KeeperCommand.Announce("default", "a", someone()),
                new KeeperCommand.Page(
                        "default",
                        "a",
                        3,
                        0,
                        true,
                        List.of(new PersistentRoute(7, KEY, new Subscription("a/b", 1))),
                        someone()),
                new KeeperCommand.Put("default", "a", 4, 7, "client", List.of(new Subscription("a/b", 1)), someone()),
                new KeeperCommand.Remove("default", "a", 5, 7, List.of("a/b"), someone()),
                new KeeperCommand.Page(
                        "default",
                        "a",
                        3,
                        0,
                        true,
                        List.of(new PersistentRoute(7, KEY, new Subscription("a/b", 1, true, false, 1, "g", 9))),
                        someone()));
    }

    private Stream<Object> syncs() {
        return Stream.of(
                new SyncCommand.Delta(
                        1,
                        2,
                        3,
                        false,
                        true,
                        List.of(new SyncCommand.Filters("default", List.of("a/#"), List.of("b"))),
                        List.of(7L),
                        List.of(8L)),
                new SyncCommand.Audit(1, 2, 3, 4, 5, 6, 7),
                new SyncCommand.Differs(2, 1),
                new SyncCommand.DeltaApplied(2, 1, 3));
    }

    private Stream<Object> stillMembers() {
        return Stream.of(new StillMember.Question(1, 2, 3), new StillMember.Yes(2, 1, 3));
    }
}
