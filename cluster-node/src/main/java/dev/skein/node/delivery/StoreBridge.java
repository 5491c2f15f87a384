package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.route.Peer;
import dev.skein.persistence.api.StoreCommand.AppendListener;
import dev.skein.persistence.api.StoreCommand.CommitListener;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Brings what the store committed back to the event loops: the store's writing thread collects during a commit, and the
 * end of the commit hands each loop its part at once. Confined to the writing thread but for the factories.
 */
public final class StoreBridge {
    private final Delivery delivery;
    private final List<List<Runnable>> pending = new ArrayList<>();
    /** The first message that this process has committed. */
    private @Nullable MessageId earliest;

    StoreBridge(Delivery delivery) {
        this.delivery = delivery;
    }

    /** The store's hook after each commit. */
    void endOfCommit() {
        for (int i = 0; i < pending.size(); i++) {
            List<Runnable> tasks = pending.get(i);
            if (!tasks.isEmpty()) {
                pending.set(i, new ArrayList<>());
                delivery.loops().get(i).execute(() -> tasks.forEach(Runnable::run));
            }
        }
    }

    private void later(int loop, Runnable task) {
        while (pending.size() <= loop) {
            pending.add(new ArrayList<>());
        }
        pending.get(loop).add(task);
    }

    /**
     * A session that is connected elsewhere has all that is committed before anything that is committed from now on.
     */
    public void lookAgain(long sessionId) {
        Peer peer = delivery.links().sessions().find(sessionId);
        if (peer != null) {
            LoopLinks links = delivery.loops().getFirst().links();
            later(0, () -> links.lookAgain(peer, Frame.Targets.of(sessionId, 0, false)));
        }
    }

    /**
     * A listener that runs {@code task} on {@code loop} after the commit, which is not to come after {@code tenure}.
     */
    public CommitListener committed(LoopContext loop, Tenure tenure, Runnable task) {
        return new CommitListener() {
            @Override
            public void committed() {
                later(loop.index(), task);
            }

            @Override
            public boolean isWanted() {
                return tenure.isWanted();
            }
        };
    }

    /** A listener that runs {@code task} on loop {@code loop}, behind the pushes of all earlier commits. */
    CommitListener behindPushes(int loop, Runnable task) {
        return () -> later(loop, task);
    }

    /**
     * A listener that pushes the message to those receivers that are online, then settles {@code tally}.
     *
     * @param then runs on {@code loop} before that
     */
    public Appended appended(
            LoopContext loop, Message message, List<Receiver> receivers, PublishTally tally, Committed then) {
        return new Appended(loop, message, receivers, tally, then);
    }

    /** What follows the commit of a message. */
    public interface Committed {
        /**
         * @param message as it was committed, the first time should it have been committed before
         * @param handed whether this process has committed the message before, and handed it to everybody then
         */
        void run(Message message, boolean handed);
    }

    /** Told of one append. */
    public final class Appended implements AppendListener {
        private final LoopContext loop;
        private final Message message;
        private final List<Receiver> receivers;
        private final PublishTally tally;
        private final Committed then;

        private Appended(
                LoopContext loop, Message message, List<Receiver> receivers, PublishTally tally, Committed then) {
            this.loop = loop;
            this.message = message;
            this.receivers = receivers;
            this.tally = tally;
            this.then = then;
        }

        @Override
        public void repeated(MessageId first) {
            boolean ours = earliest != null && earliest.writer() == first.writer() && earliest.compareTo(first) <= 0;
            if (!ours) {
                lookAgain();
            }
            Message before = message.committedAs(first);
            later(loop.index(), () -> {
                then.run(before, ours); // another process may be gone, and its links with what was on them
                tally.committed(first);
            });
        }

        /** Receivers that are online have it before anything that is committed from now on. */
        private void lookAgain() {
            RemoteTargets elsewhere = online((here, _) -> here::lookAgain);
            if (elsewhere != null) {
                LoopLinks links = delivery.loops().getFirst().links();
                later(0, () -> elsewhere.forEach(links::lookAgain));
            }
        }

        @Override
        public void committed(MessageId id) {
            earliest = earliest == null ? id : earliest;
            Message committed = message.committedAs(id);
            RemoteTargets elsewhere =
                    online((here, receiver) -> () -> here.push(id, committed, receiver.qos(), receiver.retain()));
            if (elsewhere != null) {
                push(elsewhere, committed);
            }
            later(loop.index(), () -> {
                then.run(committed, false);
                tally.committed(id);
            });
        }

        /**
         * Hands receivers that are online on this node what {@code task} makes for them, and returns those that are
         * online on others, or null. Looked up after the commit: a session that attaches later reads from the store.
         */
        private @Nullable RemoteTargets online(BiFunction<Attachment, Receiver, Runnable> task) {
            RemoteTargets elsewhere = null;
            for (Receiver receiver : receivers) {
                Attachment here = delivery.attachments().session(receiver.sessionId());
                if (here != null) {
                    later(here.loop(), task.apply(here, receiver));
                    continue;
                }
                Peer peer = delivery.links().sessions().find(receiver.sessionId());
                if (peer != null) {
                    elsewhere = elsewhere == null ? new RemoteTargets() : elsewhere;
                    elsewhere.add(peer, receiver.sessionId(), receiver.qos(), receiver.retain());
                }
            }
            return elsewhere;
        }

        /** By one loop for all, so that a session gets them in the order of their commits. */
        private void push(RemoteTargets elsewhere, Message pushed) {
            LoopLinks links = delivery.loops().getFirst().links();
            later(0, () -> elsewhere.forEach((peer, targets) -> links.stored(peer, pushed, targets)));
        }

        @Override
        public boolean isWanted() {
            return tally.isWanted();
        }

        @Override
        public void passedOver() {
            later(loop.index(), () -> tally.done(false));
        }

        @Override
        public void failed(StoreUnavailableException cause) {
            delivery.log().line("message on " + message.topic().value() + " refused by the store", cause.toString());
            later(loop.index(), () -> tally.done(false));
        }
    }
}
