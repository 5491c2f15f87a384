package dev.skein.node.delivery;

import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.TopicNameCache;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * What belongs to one event loop: its attachments, its topic cache, what it has for other loops, and which of its
 * attachments have something to flush. Everything written in one round of the loop leaves at its end: one hand-over for
 * each other loop and one flush for each attachment. Confined to the loop but for {@link #execute}.
 */
public final class LoopContext {
    private static final long SWEEP_MILLIS = 250;
    private static final int SWEEPS_A_RESEND = 4;
    /** So many attachments get a small message at the end of its round: the next may be for the same. */
    private static final int MANY = 16;

    private final int index;
    private final EventLoop loop;
    private final TopicNameCache topics = new TopicNameCache();
    private final LoopIngress ingress;
    private final Obstacles obstacles;
    private final MessageIds ids;
    private final LoopAttachments attachments;
    private final Outboxes outboxes;
    private final RoundOutput output;
    private final UnderWay underWay;
    private final Inbox inbox;
    private final LoopLinks links;
    private final PublishBarrier barrier;
    private final Standstill standstill;
    private final ConnectionMemory.Share memory;
    private final Runnable endOfRound = this::endOfRound;
    private boolean endScheduled;
    private long waitingBytes;
    private long lastSweep = System.nanoTime();
    private long sweptNanos;
    private int sweeps;

    LoopContext(Delivery delivery, int index, int loops, EventLoop loop) {
        this.index = index;
        this.loop = loop;
        this.ingress = new LoopIngress(delivery, this, loops);
        this.obstacles = new Obstacles(delivery, this, loops);
        this.ids = new MessageIds(delivery.clock(), delivery.membership().self().uid(), index);
        this.attachments = new LoopAttachments(delivery, loop);
        this.outboxes = new Outboxes(delivery, loops);
        this.underWay = new UnderWay(delivery.held());
        this.inbox = new Inbox(loop);
        this.links = new LoopLinks(delivery, this, loops);
        this.barrier = new PublishBarrier(delivery, this);
        this.memory = delivery.memory().share(this::execute, attachments::closeLargest);
        this.output = new RoundOutput(memory, delivery.memory().max() / loops);
        this.standstill = new Standstill(
                delivery.clock(),
                delivery.membership()::isAlone,
                (millis, confirmed) -> delivery.actors()
                        .stillMember()
                        .tell(new StillMember.Confirm(millis, () -> execute(confirmed))));
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

    /** Holds what is published after this loop was stalled. */
    Standstill standstill() {
        return standstill;
    }

    /** What its attachments hold. */
    public ConnectionMemory.Share memory() {
        return memory;
    }

    /** Runs {@code task} on loop {@code to}, behind the messages that this one has for it; at once where it may. */
    void run(int to, Runnable task) {
        if (isNextHere(to)) {
            task.run();
        } else {
            outboxes.add(to, task);
            scheduleEnd();
        }
    }

    /** Runs {@code task} on this loop; from any thread. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** A message of this loop's making, with its identity. */
    public Message message(
            Instance instance, TopicName topic, Content content, int qos, boolean retain, Origin origin) {
        return new Message(instance.id(), topic, content, qos, retain, origin, ids.next());
    }

    /** How much waits in {@link #inbox}. Any thread. */
    UnderWay underWay() {
        return underWay;
    }

    /** What was handed to this loop. Any thread. */
    Inbox inbox() {
        return inbox;
    }

    /**
     * Whether {@code to} is this loop and nothing waits for it: what was published before, perhaps by a connection of
     * the same client to another loop, comes first [MQTT-4.6.0-6].
     */
    private boolean isNextHere(int to) {
        return to == index && outboxes.isEmpty(to) && inbox.isIdle();
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
        if ((subscribers.length < MANY || message.bytes() > Outbox.SMALL) && isNextHere(to)) {
            Outbox.deliver(message, subscribers, grantedQos);
            return;
        }
        outboxes.add(to, message, subscribers, grantedQos);
        scheduleEnd();
    }

    /** Hands a message to one live attachment at {@code qos}. */
    void send(Subscriber subscriber, Message message, int qos) {
        if (isNextHere(subscriber.loop())) {
            subscriber.deliver(message, qos);
        } else {
            send(subscriber.loop(), message, new Subscriber[] {subscriber}, new byte[] {(byte) qos});
        }
    }

    /** {@code attachment} has output; it is flushed at the end of this round. */
    public void markDirty(Attachment attachment) {
        output.mark(attachment);
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
        outboxes.handOver();
        links.flush();
        output.flush();
        memory.makeRoom();
    }

    /** One more message of {@code bytes} was collected for one of its attachments. */
    public void collected(int bytes) {
        output.collected(bytes);
    }

    /** Flushes before the end of the round when much was collected. May close attachments. */
    public void flushIfMuch() {
        output.flushIfMuch();
    }

    /** Serves {@code attachment} from now on. */
    public void add(Attachment attachment) {
        attachments.add(attachment);
    }

    /** It is closed. */
    public void remove(Attachment attachment) {
        attachments.remove(attachment);
    }

    /** Its attachments. */
    LoopAttachments attachments() {
        return attachments;
    }

    private void sweep() {
        standstill.sweep();
        attachments.reclaimSome();
        links.acknowledge();
        links.showFigures();
        if (++sweeps % SWEEPS_A_RESEND == 0) {
            links.resend();
        }
        long now = System.nanoTime();
        sweptNanos = Math.min(now - lastSweep, TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS));
        lastSweep = now;
        barrier.sweep(now);
        attachments.checkDeadlines(now);
        memory.check();
    }
}
