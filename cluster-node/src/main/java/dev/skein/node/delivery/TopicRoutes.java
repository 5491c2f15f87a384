package dev.skein.node.delivery;

import dev.skein.node.observe.MessageObserver;
import dev.skein.node.route.Match;
import dev.skein.node.route.RouteTable;
import dev.skein.protocol.message.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of one topic of one instance: its route table and the last match. It hangs on the
 * {@link TopicName} of the loop's cache, so that a publish to a known topic looks nothing up. Confined to its event
 * loop.
 */
public final class TopicRoutes {
    private final Instance instance;
    private final TopicName topic;
    private final MessageObserver observer;
    private RouteTable table;
    private @Nullable Match match;
    private long tableVersion;
    private long rootVersion;
    private @Nullable Match live;
    private @Nullable RouteTable liveTable;
    private long liveVersion;
    private long liveRootVersion;
    /** The rules under which a publish was last found to be allowed for everybody, or null. */
    private Instance.@Nullable Rules allowedUnder;
    /** The outlets of the instance when {@link #outlets} were found among them. */
    private @Nullable Outlets outletsOf;

    private @Nullable List<Outlet> outlets;
    /** Routes of the same topic name in another instance. */
    private @Nullable TopicRoutes next;

    private TopicRoutes(Instance instance, TopicName topic, MessageObserver observer, @Nullable TopicRoutes next) {
        this.instance = instance;
        this.topic = topic;
        this.observer = observer;
        this.table = instance.tables().table(topic.parent());
        this.next = next;
    }

    /** The routes of {@code topic} in {@code instance}, found on the topic or made. */
    public static TopicRoutes of(Delivery delivery, Instance instance, TopicName topic) {
        TopicRoutes first = (TopicRoutes) topic.attachment();
        for (TopicRoutes each = first; each != null; each = each.next) {
            if (each.instance == instance) {
                return each;
            }
        }
        MessageObserver observer = delivery.observers().topic(instance.id(), topic.parent());
        TopicRoutes made = new TopicRoutes(instance, topic, observer, first);
        topic.attach(made);
        return made;
    }

    Instance instance() {
        return instance;
    }

    TopicName topic() {
        return topic;
    }

    /** Who hears of its messages. */
    public MessageObserver observer() {
        return observer;
    }

    RouteTable table() {
        return table;
    }

    /** Where its messages go beside their subscribers; null, mostly: nowhere. */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // each change makes a new object
    List<Outlet> outlets() {
        Outlets now = instance.outlets();
        if (now != outletsOf) {
            outletsOf = now;
            outlets = now == null ? null : now.find(topic.parent());
        }
        return outlets;
    }

    /** The table that a publish has to wait for. */
    RouteTable missing() {
        RouteTable root = instance.tables().root();
        return root.isOpen() ? table : root;
    }

    /** Everyone that gets the topic, as of now; null while a table has to be opened first. */
    @Nullable
    Match match(int loops) {
        if (!table.isOpen()) {
            table = instance.tables().table(topic.parent()); // one that was retired has a successor
            match = null;
        }
        long ofTable = table.version(); // read before the match: a change during it makes the match stale, not wrong
        long ofRoot = instance.tables().root().version();
        Match known = match;
        if (known == null || ofTable != tableVersion || ofRoot != rootVersion) {
            known = instance.tables().match(table, topic.value(), loops);
            match = known;
            tableVersion = ofTable;
            rootVersion = ofRoot;
        }
        return known;
    }

    /** The live connections of this node that get the topic. */
    Match matchLive(int loops) {
        RouteTable now = instance.tables().find(topic.parent());
        if (now == null) {
            now = instance.tables().table(topic.parent());
        }
        long ofTable = now.version();
        long ofRoot = instance.tables().root().version();
        Match known = live;
        if (known == null || now != liveTable || ofTable != liveVersion || ofRoot != liveRootVersion) {
            known = instance.tables().matchLive(now, topic.value(), loops);
            live = known;
            liveTable = now;
            liveVersion = ofTable;
            liveRootVersion = ofRoot;
        }
        return known;
    }

    @SuppressWarnings("ReferenceEquality") // rules of one version are one object, and a publish only asks for that
    public boolean allowedToAll(Instance.Rules rules) {
        return allowedUnder == rules;
    }

    public void allowToAll(Instance.Rules rules) {
        allowedUnder = rules;
    }
}
