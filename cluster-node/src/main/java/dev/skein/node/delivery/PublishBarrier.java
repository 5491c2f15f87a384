package dev.skein.node.delivery;

import dev.skein.node.cluster.Membership;
import dev.skein.node.link.Frame;
import dev.skein.node.link.LinkMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until every event loop of the cluster has passed a point: the retained messages that it had matched before are
 * committed, and the live messages that it had matched before have arrived on this loop; where asked for, also those
 * that go through the store. A subscription whose route is in force then finds retained what it was not sent live.
 *
 * <p>One round at a time; who asks meanwhile shares the next one. Confined to its event loop.
 */
public final class PublishBarrier {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Routers named to other nodes; when there are more, the roots stand for all of them. */
    private static final int ROUTERS_MAX = 100;

    private static final int ROUTERS_CHARS_MAX = 32 * 1024;
    /** Stands for the store of a node, which passes after its loops. */
    private static final long STORE = 0;

    private final Delivery delivery;
    private final LoopContext loop;
    private final Membership membership;
    private List<Waiting> next = new ArrayList<>(1);
    private @Nullable Round round;
    private long rounds;

    private record Waiting(Collection<String> routers, boolean stored, Then then) {}

    /** Hears of the end of a round, on the loop. */
    public interface Then {
        /** {@code passed} is null when some node did not answer in time. */
        void run(@Nullable Passed passed);
    }

    /**
     * What every event loop had given identities to when it passed.
     *
     * @param upTo the last sequence by writer
     * @param beganMillis when the round began, by this node's clock
     */
    public record Passed(Map<Long, Long> upTo, long beganMillis) {
        /** Whether the message was matched after the barrier, so that it comes live. */
        public boolean isBefore(MessageId id) {
            Long last = upTo.get(id.writer());
            return last != null && id.sequence() > last;
        }

        /** Whether nothing is known of the writer of {@code id}. */
        public boolean doesNotKnow(MessageId id) {
            return !upTo.containsKey(id.writer());
        }
    }

    private static final class Round {
        private final long id;
        private final List<Waiting> waiting;
        private final Collection<String> routers;
        private final boolean stored;
        private final Map<Long, Long> upTo = new HashMap<>();
        /** Loops that have passed, by node; one that all have passed is not in it. */
        private final Map<Long, Set<Long>> missing = new HashMap<>();

        private final long beganMillis;
        private final long began = System.nanoTime();
        private long asked = began;

        private Round(long id, List<Waiting> waiting, long beganMillis) {
            this.id = id;
            this.waiting = waiting;
            this.routers = routers(waiting);
            this.stored = waiting.stream().anyMatch(Waiting::stored);
            this.beganMillis = beganMillis;
        }
    }

    PublishBarrier(Delivery delivery, LoopContext loop) {
        this.delivery = delivery;
        this.loop = loop;
        this.membership = delivery.membership();
    }

    private static Collection<String> routers(List<Waiting> waiting) {
        Set<String> all = new LinkedHashSet<>();
        waiting.forEach(each -> all.addAll(each.routers()));
        boolean small = all.size() <= ROUTERS_MAX
                && all.stream().mapToLong(String::length).sum() <= ROUTERS_CHARS_MAX;
        return small ? all : RetainedWrites.roots(all);
    }

    /**
     * Runs {@code then} after a round that begins now or later.
     *
     * @param routers whose retained messages are waited for
     * @param stored whether messages of persistent sessions are waited for, as they come here from the store
     */
    public void await(Collection<String> routers, boolean stored, Then then) {
        next.add(new Waiting(routers, stored, then));
        if (round == null) {
            begin();
        }
    }

    private void begin() {
        Round begun = new Round(++rounds, next, delivery.clock().millis());
        next = new ArrayList<>(1);
        round = begun;
        long self = delivery.links().self();
        begun.missing.put(self, new HashSet<>());
        membership.others().forEach(node -> begun.missing.put(node.uid(), new HashSet<>()));
        for (LoopContext each : delivery.loops()) {
            Runnable pass = () -> each.ingress()
                    .retained()
                    .whenSettled(
                            begun.routers,
                            () -> passHere(each, begun.id, each.ids().last()));
            if (each == loop) {
                pass.run();
            } else {
                each.execute(pass);
            }
        }
        ask(begun);
    }

    /** Behind what the loop has for this one: that is handed over before it. */
    private void passHere(LoopContext each, long id, long last) {
        long writer = each.ids().writer();
        int loops = delivery.loops().size();
        each.run(loop.index(), () -> passed(id, delivery.links().self(), loops, writer, last));
    }

    private void ask(Round of) {
        of.asked = System.nanoTime();
        for (long node : of.missing.keySet()) {
            Links.Linked linked = delivery.links().find(node);
            if (linked != null) {
                long self = delivery.links().self();
                linked.actor()
                        .tell(new LinkMessage.Barrier(
                                self, node, loop.index(), of.id, of.stored, List.copyOf(of.routers)));
            }
        }
    }

    /** An answer from another node: targets are the round, the loop that asked, how many loops answer, and the node. */
    static void answer(Delivery delivery, LoopContext loop, Frame.Header header, Frame.Targets targets) {
        int asker = (int) targets.id(1);
        long last = header.sequence();
        loop.run(
                asker,
                () -> delivery.loops()
                        .get(asker)
                        .barrier()
                        .passed(targets.id(0), targets.id(3), (int) targets.id(2), header.writer(), last));
    }

    /** Runs {@code passed} on loop {@code on} when what the store was given until now is committed and pushed. */
    static void passStore(Delivery delivery, int on, Runnable passed) {
        delivery.store()
                .submit(new StoreCommand.Barrier(STORE, delivery.bridge().behindPushes(on, passed)));
    }

    /** The header of the answer for the store of a node. */
    static Frame.Header ofStore() {
        return new Frame.Header(0, STORE, 0, false, false);
    }

    /** What {@link #answer} reads. */
    static Frame.Targets answerTo(LinkMessage.Barrier asked, int loops) {
        return new Frame.Targets(new long[] {asked.sequence(), asked.stream(), loops, asked.to()}, new byte[4]);
    }

    private void passed(long id, long node, int loops, long writer, long last) {
        Round now = round;
        Set<Long> writers = now == null || now.id != id ? null : now.missing.get(node);
        if (now == null || writers == null) {
            return; // of a round that is over, or an answer that came twice
        }
        now.upTo.put(writer, last);
        writers.add(writer);
        if (writers.size() == (now.stored ? loops + 1 : loops)) {
            now.missing.remove(node);
            endIfComplete(now);
        } else if (now.stored
                && writers.size() == loops
                && node == delivery.links().self()) {
            passStore(
                    delivery,
                    loop.index(),
                    () -> passed(id, node, loops, STORE, 0)); // what the loops had for it is before
        }
    }

    private void endIfComplete(Round of) {
        if (of.missing.isEmpty()) {
            end(of, new Passed(of.upTo, of.beganMillis));
        }
    }

    private void end(Round of, @Nullable Passed passed) {
        round = null;
        if (!next.isEmpty()) {
            begin();
        }
        of.waiting.forEach(each -> each.then().run(passed));
    }

    /** Called some times a second: nodes that are gone are not waited for, a question that was lost is asked again. */
    void sweep(long now) {
        Round waiting = round;
        if (waiting == null) {
            return;
        }
        long self = delivery.links().self();
        waiting.missing.keySet().removeIf(node -> node != self && !membership.isMember(node));
        if (waiting.missing.isEmpty()) {
            endIfComplete(waiting);
        } else if (now - waiting.began > DEADLINE_NANOS) {
            end(waiting, null);
        } else if (now - waiting.asked > RETRY_NANOS) {
            ask(waiting);
        }
    }
}
