package dev.skein.node.delivery;

import dev.skein.protocol.message.Reason;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Message;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.mqtt.codec.TopicName;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: its attachments, its topic cache, what it has for other loops, and which of its
 * attachments have something to flush. Everything written in one round of the loop leaves at its end: one hand-over for
 * each other loop and one flush for each attachment. Confined to the loop but for {@link #execute}.
 */
public final class LoopContext {
    private static final long SWEEP_MILLIS = 250;
    private static final int SWEEPS_A_RESEND = 4;
    private static final long LOOK_AGAIN_MILLIS = 5000;
    private static final long NO_NODE = 0;

    /** What a round may collect for its attachments at the least, and as a part of what all may hold. */
    private static final long ROUND_OUTPUT = 4 * 1024 * 1024;

    private static final int ROUND_PART = 8;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Claims sent again in one sweep, so that the loop also serves its clients after a node has gone. */
    private static final int RECLAIMS = 1000;

    private final Delivery delivery;
    private final int index;
    private final EventLoop loop;
    private final TopicNameCache topics = new TopicNameCache();
    private final LoopIngress ingress;
    private final Obstacles obstacles;
    private final MessageIds ids;
    private final List<Attachment> attachments = new ArrayList<>();
    private ArrayList<Attachment> dirty = new ArrayList<>();
    private ArrayList<Attachment> flushing = new ArrayList<>();
    private final @Nullable Outbox[] outboxes;
    private final UnderWay underWay;
    private long waitingBytes;
    private long lastSweep = System.nanoTime();
    private long sweptNanos;
    private final LoopLinks links;
    private final PublishBarrier barrier;
    private final Standstill standstill;
    private final List<List<Runnable>> tasks = new ArrayList<>();
    private final ArrayDeque<Reclaim> reclaiming = new ArrayDeque<>();
    private final ConnectionMemory.Share memory;
    private final long muchOutput;
    private long collected;
    private boolean flushingNow;
    private int sweeps;
    private final Runnable endOfRound = this::endOfRound;
    private boolean endScheduled;

    LoopContext(Delivery delivery, int index, int loops, EventLoop loop) {
        this.delivery = delivery;
        this.index = index;
        this.loop = loop;
        this.ingress = new LoopIngress(delivery, this, loops);
        this.obstacles = new Obstacles(delivery, this, loops);
        this.ids = new MessageIds(
                delivery.clock(), delivery.membership().self().uid(), index);
        this.outboxes = new Outbox[loops];
        this.underWay = new UnderWay(delivery.held());
        this.links = new LoopLinks(delivery, this, loops);
        this.barrier = new PublishBarrier(delivery, this);
        this.memory = delivery.memory().share(this::execute, this::closeLargest);
        this.muchOutput = Math.max(ROUND_OUTPUT, delivery.memory().max() / loops / ROUND_PART);
        this.standstill = new Standstill(
                delivery.clock(),
                delivery.membership()::isAlone,
                (millis, confirmed) ->
                        delivery.actors().stillMember().tell(new StillMember.Confirm(millis, () -> execute(confirmed))));
        for (int i = 0; i < loops; i++) {
            tasks.add(new ArrayList<>());
        }
    }

    /** Begins to look after its attachments. */
    void start() {
        standstill.begin();
        var _ = loop.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    public int index() {
        return index;
    }

    public EventLoop eventLoop() {
        return loop;
    }

    public TopicNameCache topics() {
        return topics;
    }

    /** By which what comes to this loop is published. */
    public LoopIngress ingress() {
        return ingress;
    }

    /** What messages of this loop wait for. */
    public Obstacles obstacles() {
        return obstacles;
    }

    /** This loop's ends of the links to other nodes. */
    public LoopLinks links() {
        return links;
    }

    /** Waits for what all loops have published until now. */
    public PublishBarrier barrier() {
        return barrier;
    }

    /** The identities of its messages. */
    MessageIds ids() {
        return ids;
    }

    /** Holds what is published after this loop stood still. */
    Standstill standstill() {
        return standstill;
    }

    /** What its attachments hold. */
    public ConnectionMemory.Share memory() {
        return memory;
    }

    /** Runs {@code task} on loop {@code to}: at once on this one, else at the end of this round. */
    void run(int to, Runnable task) {
        if (to == index) {
            task.run();
        } else {
            tasks.get(to).add(task);
            scheduleEnd();
        }
    }

    /** Runs {@code task} on this loop; from any thread. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** A message of this loop's making, with its identity. */
    public Message message(Instance instance, TopicName topic, byte[] payload, int qos, boolean retain) {
        Message message = new Message(instance.id(), topic, payload, qos, retain);
        ids.identify(message);
        return message;
    }

    /** What other loops have for this one. Any thread. */
    UnderWay underWay() {
        return underWay;
    }

    /** So many bytes more, or fewer, of its attachments' packets wait to be handled. */
    public void addWaiting(long bytes) {
        waitingBytes += bytes;
    }

    public long waitingBytes() {
        return waitingBytes;
    }

    /** From the sweep before this one; a pause of the loop itself counts as two sweeps. */
    public long sweptNanos() {
        return sweptNanos;
    }

    /** Hands a message to live attachments of loop {@code to}. */
    void send(int to, Message message, Subscriber[] subscribers, byte[] grantedQos) {
        if (to == index) {
            Outbox.deliver(message, subscribers, grantedQos);
            return;
        }
        UnderWay before = delivery.loops().get(to).underWay();
        if (message.qos() == 0 && before.isFull()) {
            delivery.metrics()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(DropReason.QUEUE_FULL, subscribers.length);
            return;
        }
        Outbox outbox = outboxes[to];
        if (outbox == null) {
            outbox = new Outbox(before);
            outboxes[to] = outbox;
        }
        outbox.add(message, subscribers, grantedQos);
        if (outbox.isLarge()) {
            outboxes[to] = null;
            outbox.handOver(delivery.loops().get(to)::execute);
        } else {
            scheduleEnd();
        }
    }

    /** Hands a message to one live attachment at {@code qos}. */
    void send(Subscriber subscriber, Message message, int qos) {
        if (subscriber.loop() == index) {
            subscriber.deliver(message, qos);
        } else {
            send(subscriber.loop(), message, new Subscriber[] {subscriber}, new byte[] {(byte) qos});
        }
    }

    /** {@code connection} has output; it is flushed at the end of this round. */
    public void markDirty(Attachment attachment) {
        dirty.add(attachment);
        scheduleEnd();
    }

    /** The round has something to hand on at its end. */
    void scheduleEnd() {
        if (!endScheduled) {
            endScheduled = true;
            loop.execute(endOfRound); // tasks run after all sockets that were ready have been read
        }
    }

    private void endOfRound() {
        endScheduled = false;
        for (int i = 0; i < outboxes.length; i++) {
            Outbox full = outboxes[i];
            if (full != null) {
                outboxes[i] = null;
                full.handOver(delivery.loops().get(i)::execute);
            }
            List<Runnable> todo = tasks.get(i);
            if (!todo.isEmpty()) {
                tasks.set(i, new ArrayList<>());
                delivery.loops().get(i).execute(() -> todo.forEach(Runnable::run));
            }
        }
        links.flush();
        flushDirty();
        memory.makeRoom();
    }

    /** One more message of {@code bytes} was collected for one of its attachments. */
    public void collected(int bytes) {
        collected += bytes;
    }

    /**
     * A large message to many would fill the memory before the end of the round. May close attachments, also the one
     * whose packet is being handled.
     */
    public void flushIfMuch() {
        if (collected > muchOutput && !flushingNow) {
            flushDirty();
            memory.makeRoom();
        }
    }

    private void flushDirty() {
        flushingNow = true;
        collected = 0;
        ArrayList<Attachment> now = dirty;
        dirty = flushing;
        flushing = now;
        for (Attachment attachment : now) {
            attachment.flush();
        }
        now.clear();
        flushingNow = false;
    }

    /** Closes those that hold the most, and are silent for the longest, until {@code bytes} are free. */
    private void closeLargest(long bytes) {
        List<Attachment> holders = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment.heldBytes() > 0) {
                holders.add(attachment);
            }
        }
        long now = System.nanoTime();
        holders.sort(Comparator.comparingDouble((Attachment each) -> weight(each, now))
                .reversed());
        long freed = 0;
        for (Attachment attachment : holders) {
            if (freed >= bytes) {
                break;
            }
            long held = attachment.heldBytes();
            freed += held;
            delivery.memory().countClosed();
            attachment.close(Reason.MEMORY, "it held " + held + " bytes, among the most; " + delivery.memory());
        }
    }

    /** A client that is sending goes after one that holds as much and is silent. */
    private static double weight(Attachment attachment, long now) {
        return (double) attachment.heldBytes() * (now - attachment.lastHeard() + SECOND_NANOS);
    }

    public void add(Attachment attachment) {
        attachment.place(attachments.size());
        attachments.add(attachment);
    }

    public void remove(Attachment attachment) {
        int place = attachment.place();
        if (place >= 0) {
            Attachment last = attachments.removeLast();
            if (last != attachment) {
                attachments.set(place, last);
                last.place(place);
            }
            attachment.place(-1);
        }
    }

    /** The node stops: closes {@code some} attachments each {@code millis} until none is left. */
    void closeAll(int some, int millis, CompletableFuture<Boolean> done) {
        for (int i = 0; i < some && !attachments.isEmpty(); i++) {
            attachments.getLast().close(Reason.SHUTDOWN, "the node stops");
        }
        if (attachments.isEmpty()) {
            done.complete(true);
        } else {
            var _ = loop.schedule(() -> closeAll(some, millis, done), millis, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A node is gone. Sessions that had their actors there are claimed again; persistent ones look into the store for
     * what it committed and did not push, now and once more when it can commit nothing any more.
     */
    void reclaimFrom(long node) {
        reclaim(node, attachment -> attachment.isClaimedOn(node) || attachment.sessionId() != 0);
        for (Attachments.Leaving leaving : delivery.attachments().leaving()) { // nobody else gets the client ID before
            Attachment attachment = leaving.attachment();
            if (attachment.context() == this && attachment.isClaimedOn(node)) {
                attachment.reclaim();
            }
        }
        var _ = loop.schedule(
                () -> reclaim(node, attachment -> attachment.sessionId() != 0),
                LOOK_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Another node has left out what it had to tell persistent sessions: they look into the store. */
    void lookAgain() {
        reclaim(NO_NODE, attachment -> attachment.sessionId() != 0);
    }

    private void reclaim(long node, Predicate<Attachment> concerned) {
        for (Attachment attachment : attachments) {
            if (concerned.test(attachment)) {
                attachment.missed(); // at once: what is pushed next must not jump over it
                reclaiming.add(new Reclaim(attachment, node));
            }
        }
    }

    /** An attachment that has to do with a node that is gone, or {@link #NO_NODE}. */
    private record Reclaim(Attachment attachment, long node) {}

    private void reclaimSome() {
        for (int i = 0; i < RECLAIMS && !reclaiming.isEmpty(); i++) {
            Reclaim next = reclaiming.remove();
            Attachment attachment = next.attachment();
            if (!attachment.isClosed()) {
                if (attachment.isClaimedOn(next.node())) {
                    delivery.links().figures().reclaimed();
                    attachment.reclaim();
                }
                attachment.lookAgain();
            }
        }
    }

    private void sweep() {
        standstill.sweep();
        reclaimSome();
        links.acknowledge();
        links.showFigures();
        if (++sweeps % SWEEPS_A_RESEND == 0) {
            links.resend();
        }
        long now = System.nanoTime();
        sweptNanos = Math.min(now - lastSweep, TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS));
        lastSweep = now;
        barrier.sweep(now);
        for (int i = attachments.size() - 1; i >= 0; i--) {
            attachments.get(i).checkDeadlines(now);
        }
        memory.check();
    }
}
