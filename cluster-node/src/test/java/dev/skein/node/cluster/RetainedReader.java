package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.reliability.TestClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connects anew for each subscription, and waits until it has found what must be retained. A topic that is never
 * cleared and comes last in the order of topics tells it that it has found all.
 */
final class RetainedReader extends ClusterRobot {
    private static final long WATCH_MILLIS = 20;
    private static final int WATCH_LIVE_MILLIS = 300;
    /** Longer than a node looks for retained messages before it gives up and ends the connection. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final List<String> filters;
    private final boolean last;
    private final Set<String> heard = ConcurrentHashMap.newKeySet();

    private RetainedReader(Stage stage, Manner manner, List<String> filters, boolean last) {
        super(stage, manner);
        this.filters = List.copyOf(filters);
        this.last = last;
    }

    /** Reads one of {@code filters} after the other, in any order, until the curtain falls. */
    static RetainedReader during(Stage stage, String name, List<String> filters) {
        return new RetainedReader(stage, Manner.clean(name), filters, false);
    }

    /** Reads each of {@code filters} once, when nothing is published any more. */
    static RetainedReader atEnd(Stage stage, String name, List<String> filters) {
        return new RetainedReader(stage, Manner.clean(name), filters, true);
    }

    @Override
    void live() throws InterruptedException {
        if (last) {
            for (String filter : filters) {
                while (!stage().isOver() && !read(filter)) {
                    pause(WATCH_MILLIS);
                }
            }
            return;
        }
        while (!stage().isOver() && !stage().isCurtainDown()) {
            read(filters.get(random().nextInt(filters.size())));
            pause(between(100, 800));
        }
    }

    @Override
    public void delivered(TestClient.Delivery delivery, boolean again) {
        super.delivered(delivery, again);
        heard.add(delivery.topic());
    }

    /** False when the connection ended before everything was there. */
    private boolean read(String filter) throws InterruptedException {
        heard.clear();
        if (!connect()) {
            return false;
        }
        int connection = client().connection();
        stage().chronicle().add(Kind.SUBSCRIBE, id(), connection, filter, 1);
        Set<String> wanted = stage().chronicle().retained(filter);
        int code = await(client().subscribe(filter, 1));
        if (code < 0) {
            return false;
        }
        stage().chronicle().add(Kind.SUBACKED, id(), connection, filter, code);
        long since = System.nanoTime();
        while (!hasAll(filter, wanted) && System.nanoTime() - since < PATIENCE_NANOS) {
            if (!client().isConnected() || stage().isOver()) {
                return false;
            }
            pause(WATCH_MILLIS);
        }
        if (!last) {
            pause(between(0, WATCH_LIVE_MILLIS)); // what is published meanwhile comes live
        }
        stage().chronicle().add(Kind.READ, id(), connection, filter, last ? 1 : 0);
        stage().chronicle().add(Kind.UNSUBSCRIBE, id(), connection, filter, 0);
        if (await(client().unsubscribe(filter)) >= 0) {
            stage().chronicle().add(Kind.UNSUBACKED, id(), connection, filter, 0);
        }
        disconnect();
        return true;
    }

    /** What was to be found, and was not taken away meanwhile. */
    private boolean hasAll(String filter, Set<String> wanted) {
        Set<String> still = new HashSet<>(stage().chronicle().retained(filter));
        still.retainAll(wanted);
        return heard.containsAll(still);
    }
}
