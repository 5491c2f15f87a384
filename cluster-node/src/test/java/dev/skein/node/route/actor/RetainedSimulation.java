package dev.skein.node.route.actor;

import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.actor.RouterRetained.Write;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writers that set and clear retained messages of a few topics. What they ask is delivered late, more than once and in
 * any order; the store takes writes in order and refuses some.
 */
final class RetainedSimulation implements RouterRetained.Output<RetainedSimulation.Question> {
    private static final int TOPICS = 3;
    private static final int WRITERS = 3;

    private final SplittableRandom random;
    private final RouterRetained<Question> router;
    private final List<RetainedMessage> asked = new ArrayList<>();
    private final List<Runnable> wire = new ArrayList<>();
    private final ArrayDeque<Write<Question>> writes = new ArrayDeque<>();
    private final TreeMap<String, RetainedMessage> stored = new TreeMap<>();
    /** What was written and not refused, by topic and writer. */
    private final Map<String, TreeSet<Long>> written = new HashMap<>();

    private final Set<RetainedMessage> kept = new HashSet<>();
    private final int max;
    private long sequence;
    private int open;

    /** One copy of a message that reached the router. */
    static final class Question {
        private final RetainedMessage message;
        private boolean answered;

        private Question(RetainedMessage message) {
            this.message = message;
        }
    }

    RetainedSimulation(SplittableRandom random) {
        this.random = random;
        this.max = 2 + random.nextInt(3);
        this.router = new RouterRetained<>(new RetainedMemory(max, Long.MAX_VALUE), InstanceQuotas.none(), this);
        router.take(List.of());
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> publish();
                case 2 -> {
                    if (!asked.isEmpty()) {
                        ask(asked.get(random.nextInt(asked.size())));
                    }
                }
                case 3, 4, 5 -> deliver();
                default -> commit(random.nextInt(6) == 0);
            }
        }
        while (!wire.isEmpty() || !writes.isEmpty()) {
            deliver();
            commit(false);
        }
        check(open == 0, open + " questions are not answered");
        checkFound();
    }

    private void publish() {
        String topic = "a/" + random.nextInt(TOPICS);
        byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : 1];
        RetainedMessage message = new RetainedMessage(
                new MessageId(++sequence, random.nextInt(WRITERS)), topic, Content.of(payload), 1, Origin.UNKNOWN);
        asked.add(message);
        ask(message);
    }

    private void ask(RetainedMessage message) {
        wire.add(() -> {
            open++;
            router.retain(message, new Question(message));
        });
    }

    private void deliver() {
        if (!wire.isEmpty()) {
            wire.remove(random.nextInt(wire.size())).run();
        }
    }

    @Override
    public void write(Write<Question> write) {
        RetainedMessage message = write.message();
        long before = newest(message);
        check(
                message.id().sequence() > before,
                message + " is written after number " + before + " of its writer (expected: a newer one)");
        written(message).add(message.id().sequence());
        writes.add(write);
    }

    private void commit(boolean refused) {
        Write<Question> write = writes.poll();
        if (write == null) {
            return;
        }
        RetainedMessage message = write.message();
        if (refused) {
            written(message).remove(message.id().sequence()); // it may come again
        } else if (message.payload().length == 0) {
            stored.remove(message.topic());
            kept.add(message);
        } else {
            stored.put(message.topic(), message);
            kept.add(message);
        }
        router.written(write, !refused);
        checkFound();
    }

    private void checkFound() {
        List<RetainedMessage> found = new ArrayList<>();
        String after = "";
        do {
            RouterCommand.RetainedPage page = router.find(new RetainedSearch("a/#", after, 1 + random.nextInt(3)))
                    .page(stored);
            found.addAll(page.messages());
            after = page.nextAfter();
        } while (!after.isEmpty());
        check(found.equals(new ArrayList<>(stored.values())), "found: " + found + " (expected: " + stored + ")");
    }

    @Override
    public void answer(Question to, boolean isKept, @Nullable String limit) {
        check(!to.answered, "answered twice: " + to.message);
        to.answered = true;
        open--;
        boolean overtaken = newest(to.message) > to.message.id().sequence();
        check(!isKept || kept.contains(to.message) || overtaken, "answered before it was committed: " + to.message);
    }

    private NavigableSet<Long> written(RetainedMessage message) {
        return written.computeIfAbsent(message.topic() + " " + message.id().writer(), _ -> new TreeSet<>());
    }

    private long newest(RetainedMessage message) {
        return written(message).isEmpty() ? 0 : written(message).getLast();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
