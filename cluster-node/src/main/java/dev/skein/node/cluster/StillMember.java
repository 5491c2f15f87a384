package dev.skein.node.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every other node whether this incarnation of this node is still a member for it, after this node was stalled.
 * One for each node; it also answers the others.
 *
 * <p>Once all have said yes to a question that was asked after the standstill, what this node knows of their
 * subscriptions is right: as long as a node takes this one for a member, it acknowledges no subscription before this
 * node has applied its route. Its route sync waits for every member, live, and the routers that it hosts wait for the
 * table keeper of every member; both let go of a node after {@link Membership#isMember} has. A node says yes only while
 * nobody has lost touch with this one, either: the failure detector and the split-brain resolver then need their whole
 * time again before this node can be downed.
 *
 * <p>There is no answer no: a node that has put this one down keeps silent, or cannot be heard at all. Whoever waits
 * does so until the node that does not answer is gone, or this node learns that it was downed itself, which ends all
 * that waits. One of both comes: the split-brain resolver sees to it.
 */
public final class StillMember extends AbstractMatchingBehavior<StillMember.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(StillMember.class);

    /** Name of the actor on each node. */
    public static final String NAME = "still-member";

    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Membership membership;
    private final Runnable count;
    private final Set<Long> unanswered = new HashSet<>();
    private List<Runnable> waiting = new ArrayList<>();
    private long number;
    private long since;

    /** What the actor understands. */
    public sealed interface Command {}

    /** Between the actors of two nodes. */
    public sealed interface Remote extends Command, ClusterMessage {
        /** The incarnation of the node that sends. */
        long from();

        /** The incarnation of the node that it is for; another incarnation passes it over. */
        long to();
    }

    /** Whether {@code from} is a member for {@code to}. {@code number} grows with each question that is a new one. */
    public record Question(long from, long to, long number) implements Remote {}

    /** {@code to} is a member for {@code from}, at a time after it asked question {@code number}. */
    public record Yes(long from, long to, long number) implements Remote {}

    /**
     * The node was stalled, and is asked about now.
     *
     * @param millis for how long it was stalled
     * @param confirmed runs once all other nodes have said yes, on the actor's thread
     */
    public record Confirm(long millis, Runnable confirmed) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    /** @param count runs when this node was stalled, once for all that wait together */
    public static Behavior<Command> create(Membership membership, Runnable count) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, AGAIN);
            return new StillMember(context, membership, count);
        }));
    }

    private StillMember(ActorContext<Command> context, Membership membership, Runnable count) {
        super(context);
        this.membership = membership;
        this.count = count;
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Confirm confirm -> onConfirm(confirm);
            case Question question -> onQuestion(question);
            case Yes yes -> onYes(yes);
            case Tick _ -> onTick();
        }
        return this;
    }

    /** Whoever waits already waits for the new question too: its answers are later ones. */
    private void onConfirm(Confirm confirm) {
        unanswered.clear();
        membership.others().forEach(node -> unanswered.add(node.uid()));
        number++;
        if (waiting.isEmpty()) {
            since = System.nanoTime();
            count.run();
            LOG.warn(
                    "this node was stalled for {} ms: what is published here waits until {} others say that it is"
                            + " still a member",
                    confirm.millis(),
                    unanswered.size());
        }
        waiting.add(confirm.confirmed());
        ask();
    }

    private void ask() {
        unanswered.removeIf(node -> !membership.isMember(node));
        for (long node : unanswered) {
            tell(new Question(membership.self().uid(), node, number));
        }
        confirmWhenAnswered();
    }

    private void tell(Remote message) {
        Membership.ClusterNode node = membership.find(message.to());
        if (node != null) {
            membership.<Command>actorOn(node, NAME).tell(message);
        }
    }

    private void onQuestion(Question question) {
        long self = membership.self().uid();
        if (question.to() == self && membership.isInTouch(question.from())) {
            tell(new Yes(self, question.from(), question.number()));
        }
    }

    private void onYes(Yes yes) {
        if (yes.to() == membership.self().uid() && yes.number() == number) {
            unanswered.remove(yes.from());
            confirmWhenAnswered();
        }
    }

    private void onTick() {
        if (!waiting.isEmpty()) {
            ask();
        }
    }

    private void confirmWhenAnswered() {
        if (unanswered.isEmpty() && !waiting.isEmpty()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
            LOG.info("this node is still a member, confirmed after {} ms", millis);
            List<Runnable> confirmed = waiting;
            waiting = new ArrayList<>();
            confirmed.forEach(Runnable::run);
        }
    }
}
