package dev.skein.node.delivery;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Match;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import dev.skein.node.route.Subscriber;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a message to itself now and then, by the way that a client's message takes: the table of its topic is
 * opened by the keeper and the router, wherever that is, which reads the store; the message is matched on one event
 * loop and delivered on the next; what the store was given before it is committed. A node on which that ends somewhere
 * is not to be sent clients.
 *
 * <p>Its instance has a name that no instance can have: no client can subscribe there, and nothing counts it. Each of
 * its topics in turn is a new one for the tables, as those that are not used are closed meanwhile. Thread-safe.
 */
public final class PathProbe {
    /** No instance of a registry has this name. */
    static final String INSTANCE = "$probe";

    private static final Duration EVERY = Duration.ofSeconds(10);
    /** Longer than the routers of a node that was killed take to start elsewhere. */
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final int TOPICS = 8;

    private final Delivery delivery;
    private final LongSupplier nanoTime;
    private @Nullable Attempt attempt;
    private int attempts;
    /** When the first attempt began of those that have not come back; 0 when the last one has. */
    private long waitingSince;

    private PathProbe(Delivery delivery, LongSupplier nanoTime) {
        this.delivery = delivery;
        this.nanoTime = nanoTime;
    }

    /** Begins to try. */
    public static PathProbe start(ActorSystem<?> system, Delivery delivery) {
        PathProbe probe = new PathProbe(delivery, System::nanoTime);
        var _ = system.scheduler().scheduleWithFixedDelay(Duration.ZERO, EVERY, probe::tick, system.executionContext());
        return probe;
    }

    /** One that tries when it is told to. */
    static PathProbe of(Delivery delivery, LongSupplier nanoTime) {
        return new PathProbe(delivery, nanoTime);
    }

    /** Time for another message, unless one is still on its way and has time left. */
    synchronized void tick() {
        Attempt last = attempt;
        if (last != null && !last.isLate()) {
            return;
        }
        if (last != null) {
            last.forget();
        }
        attempts++;
        attempt = new Attempt(attempts);
        if (waitingSince == 0) {
            waitingSince = attempt.begun;
        }
        attempt.begin();
    }

    /** Why this node does not pass messages on; empty when it does, as far as is known. */
    public synchronized Optional<String> problem() {
        long waited = waitingSince == 0 ? 0 : nanoTime.getAsLong() - waitingSince;
        if (attempt == null || waited <= DEADLINE.toNanos()) {
            return Optional.empty();
        }
        return Optional.of("a message that the node publishes to itself has not come back for "
                + TimeUnit.NANOSECONDS.toSeconds(waited) + " s: it waits for " + attempt.stage);
    }

    private synchronized void cameBack(Attempt which) {
        which.forget();
        if (which == attempt) {
            attempt = null;
            waitingSince = 0;
        }
    }

    /** One message on its way. */
    private final class Attempt implements Subscriber {
        private final long begun = nanoTime.getAsLong();
        private final LoopContext from;
        private final int to;
        private final TopicName topic;
        private final LocalRoute route = new LocalRoute(this, 0);
        private volatile String stage = "the route table of its topic";

        private Attempt(int number) {
            List<LoopContext> loops = delivery.loops();
            this.from = loops.get(number % loops.size());
            this.to = (number + 1) % loops.size();
            this.topic =
                    TopicName.of(Long.toHexString(delivery.membership().self().uid()) + "-" + number % TOPICS + "/p");
        }

        private boolean isLate() {
            return nanoTime.getAsLong() - begun > DEADLINE.toNanos();
        }

        private RouteTables tables() {
            return delivery.tables().of(INSTANCE);
        }

        private void begin() {
            tables().table(topic.parent()).add(topic.value(), route);
            open();
        }

        private void open() {
            open(
                    RouteTable.ROOT,
                    () -> open(topic.parent(), () -> {
                        stage = "event loop " + from.index();
                        from.execute(this::publish);
                    }));
        }

        private void open(String parent, Runnable opened) {
            delivery.actors().keeper().tell(new TableKeeper.Open(INSTANCE, parent, opened));
        }

        private void publish() {
            Match match = tables().match(
                            tables().table(topic.parent()),
                            topic.value(),
                            delivery.loops().size());
            if (match == null) {
                open(); // a table was closed meanwhile
                return;
            }
            stage = "event loop " + to;
            Content nothing = Content.of(new byte[0]);
            Message message = new Message(
                    INSTANCE, topic, nothing, 0, false, Origin.API, from.ids().next());
            from.send(to, message, match.subscribers(to), match.qos(to));
        }

        @Override
        public int loop() {
            return to;
        }

        @Override
        public void deliver(Message message, int qos) {
            stage = "the store";
            delivery.store().submit(new StoreCommand.Barrier(0, () -> cameBack(this)));
        }

        /** Its topic is of no more use: the keeper closes the table when it looks next. */
        private void forget() {
            RouteTable table = tables().table(topic.parent());
            table.remove(topic.value(), route);
            table.used(0);
        }
    }
}
