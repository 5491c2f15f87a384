package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything that clients do to queues, from a seed, with what the store says noted between the steps of the disk. */
final class Workload {
    static final List<Long> SESSIONS = List.of(11L, 12L, 13L);
    private static final long PUBLISHER = 11;
    private static final int LARGEST = 2_000;

    private final Journal journal;
    private final CutFiles log;
    private final Random random;
    private final List<Given> stored = new ArrayList<>();
    private final List<Taking> queued = new ArrayList<>();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private int number;
    private int packet;

    /** A message was given to the store; {@code mark} when its publisher does not want it twice. */
    record Given(int number, List<Long> sessions, @Nullable InboundMark mark) {}

    /** The store said that it has it. */
    record Stored(int number, MessageId id) {}

    /** It is to leave a queue; {@code packetId} of a QoS 2 delivery that goes on, or 0. */
    record Taking(long session, int number, MessageId id, int packetId) {}

    /** The store said that it has left. */
    record Taken(Taking what) {}

    /** A packet identifier is to be free. */
    record Freeing(long session, int packetId) {}

    /** The store said that it is. */
    record Freed(Freeing what) {}

    /** A received packet identifier is to be released. */
    record Releasing(InboundMark mark) {}

    /** The store said that it is. */
    record Released(Releasing what) {}

    /** It is to be noted that a message goes out under a packet identifier. */
    record Sending(long session, int number, int packetId) {}

    /** The store said that it is noted. */
    record Sent(Sending what) {}

    Workload(Journal journal, CutFiles log, long seed) {
        this.journal = journal;
        this.log = log;
        this.random = new Random(seed);
    }

    /** What message {@code number} says. */
    static Content content(int number) {
        Random random = new Random(number);
        byte[] payload = new byte[Integer.BYTES + random.nextInt(random.nextInt(10) == 0 ? LARGEST : 100)];
        random.nextBytes(payload);
        ByteBuffer.wrap(payload).putInt(number);
        Properties properties = number % 5 == 0
                ? new Properties.Builder()
                        .user("number", "" + number)
                        .expiresAt(number)
                        .build()
                : null;
        return new Content(payload, properties);
    }

    static String topic(int number) {
        return "t/" + number;
    }

    void run(int steps) throws Exception {
        for (int i = 0; i < steps; i++) {
            step();
            if (random.nextInt(4) == 0) {
                await();
            }
        }
        await();
    }

    private void await() throws Exception {
        last.get(60, TimeUnit.SECONDS);
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> append();
            case 9, 10, 11 -> acknowledge();
            case 12, 13 -> send();
            case 14, 15, 16 -> receive();
            case 17, 18 -> free();
            default -> {
                if (random.nextInt(4) == 0) {
                    journal.flush();
                }
            }
        }
    }

    private void append() {
        List<Receiver> receivers = new ArrayList<>();
        for (long session : SESSIONS) {
            if (random.nextBoolean()) {
                receivers.add(new Receiver(session, 1 + random.nextInt(2), random.nextInt(8) == 0));
            }
        }
        InboundMark mark = random.nextInt(3) == 0 ? new InboundMark(PUBLISHER, ++packet) : null;
        int message = ++number;
        Given given =
                new Given(message, receivers.stream().map(Receiver::sessionId).toList(), mark);
        log.note(given);
        CompletableFuture<Void> done = new CompletableFuture<>();
        last = done;
        journal.submit(new StoreCommand.Append(
                "default",
                topic(message),
                content(message),
                Origin.client("mqtt", "publisher"),
                receivers,
                mark,
                new StoreCommand.AppendListener() {
                    @Override
                    public void committed(MessageId id) {
                        log.note(new Stored(message, id));
                        synchronized (Workload.this) {
                            stored.add(given);
                            given.sessions().forEach(session -> queued.add(new Taking(session, message, id, 0)));
                        }
                        done.complete(null);
                    }

                    @Override
                    public void repeated(MessageId first) {
                        done.completeExceptionally(new AssertionError("repeated"));
                    }

                    @Override
                    public void failed(StoreUnavailableException cause) {
                        done.completeExceptionally(cause);
                    }
                }));
    }

    private synchronized @Nullable Taking any(boolean remove) {
        if (queued.isEmpty()) {
            return null;
        }
        // Mostly the oldest, as clients do.
        int at = Math.min(queued.size() - 1, random.nextInt(random.nextInt(3) == 0 ? 50 : 3));
        return remove ? queued.remove(at) : queued.get(at);
    }

    private void acknowledge() {
        Taking taking = any(true);
        if (taking != null) {
            log.note(taking);
            journal.submit(new StoreCommand.Acknowledge(taking.session(), taking.id()));
            if (random.nextBoolean()) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                last = done;
                journal.submit(new StoreCommand.Barrier(taking.session(), () -> {
                    log.note(new Taken(taking));
                    done.complete(null);
                }));
            }
        }
    }

    private void send() {
        Taking of = any(false);
        if (of != null) {
            Sending sending = new Sending(of.session(), of.number(), 1 + random.nextInt(60_000));
            log.note(sending);
            CompletableFuture<Void> done = new CompletableFuture<>();
            last = done;
            journal.submit(new StoreCommand.Sent(of.session(), of.id(), sending.packetId(), () -> {
                log.note(new Sent(sending));
                done.complete(null);
            }));
        }
    }

    private final List<Freeing> received = new ArrayList<>();

    private void receive() {
        Taking of = any(true);
        if (of != null) {
            Taking taking = new Taking(of.session(), of.number(), of.id(), ++packet);
            log.note(taking);
            CompletableFuture<Void> done = new CompletableFuture<>();
            last = done;
            journal.submit(new StoreCommand.Received(of.session(), of.id(), taking.packetId(), () -> {
                log.note(new Taken(taking));
                done.complete(null);
            }));
            received.add(new Freeing(of.session(), taking.packetId()));
        }
    }

    private void free() {
        if (!received.isEmpty() && random.nextBoolean()) {
            Freeing freeing = received.remove(random.nextInt(received.size()));
            log.note(freeing);
            CompletableFuture<Void> done = new CompletableFuture<>();
            last = done;
            journal.submit(new StoreCommand.Completed(freeing.session(), freeing.packetId(), () -> {
                log.note(new Freed(freeing));
                done.complete(null);
            }));
            return;
        }
        InboundMark mark = null;
        synchronized (this) {
            for (int i = 0; i < stored.size() && mark == null; i++) {
                mark = stored.get(i).mark();
                if (mark != null) {
                    stored.remove(i);
                }
            }
        }
        if (mark != null) {
            Releasing releasing = new Releasing(mark);
            log.note(releasing);
            CompletableFuture<Void> done = new CompletableFuture<>();
            last = done;
            journal.submit(new StoreCommand.InboundReleased(mark.sessionId(), mark.packetId(), () -> {
                log.note(new Released(releasing));
                done.complete(null);
            }));
        }
    }
}
