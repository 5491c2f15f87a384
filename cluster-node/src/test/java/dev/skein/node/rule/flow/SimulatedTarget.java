package dev.skein.node.rule.flow;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.node.rule.flow.ForwardSettings.SpoolBounds;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Forwarding} between publishers, a store and a target, in which everything that may take time takes it in an
 * order that a seed decides. The process may crash: what the store has committed and what was sent stays.
 */
final class SimulatedTarget implements ForwardOutput {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int KEYS = 3;
    private static final long WRITER = 7;

    private final Random random;
    private final ForwardSettings settings;
    private ForwardFigures figures = new ForwardFigures();
    private Forwarding forwarding;
    private long now;
    private int published;
    private Mode mode = Mode.UP;
    private boolean full;

    /** What was sent and the target has not looked at, by order key: it keeps their order. */
    private final Map<String, ArrayDeque<Sent>> arriving = new HashMap<>();
    /** What the process has not heard yet. */
    private final List<Runnable> answers = new ArrayList<>();
    /** What the store has not committed yet, in its order. */
    private final ArrayDeque<Command> commands = new ArrayDeque<>();
    /** The spool as it is committed. */
    private final List<Stored> stored = new ArrayList<>();

    private long sequence = 1;

    /** Keys in the order in which the target took them, by order key. */
    private final Map<String, List<Integer>> delivered = new HashMap<>();
    /** Numbers whose publishers were answered, by order key, in the order of publishing. */
    private final Set<Integer> acknowledged = new HashSet<>();

    private final Map<String, List<Integer>> publishedByKey = new HashMap<>();
    private final Set<Integer> poison = new HashSet<>();

    enum Mode {
        UP,
        AWAY,
        SILENT,
        FLAKY
    }

    private record Sent(Entry entry, Forwarding by) {}

    private record Stored(MessageId id, Entry entry) {}

    private record Command(Runnable commit, Runnable tell) {}

    SimulatedTarget(long seed) {
        random = new Random(seed);
        settings = new ForwardSettings(
                random.nextBoolean() ? 4 : 20,
                1 << 20,
                random.nextBoolean() ? 300 : 1 << 20,
                2 * SECOND,
                SECOND / 2,
                4 * SECOND,
                new SpoolBounds(random.nextBoolean() ? 10 : 1_000_000, 1 << 20, Long.MAX_VALUE / 4, false, true));
        forwarding = new Forwarding(settings, this, figures);
        answers.add(readyOf(forwarding));
    }

    private Runnable readyOf(Forwarding started) {
        return () -> {
            if (started == forwarding) {
                started.ready(stored.size(), stored.size() * 50L, now);
            }
        };
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        mode = Mode.UP;
        for (int i = 0; i < 100_000 && !isQuiet(); i++) {
            quietStep();
        }
    }

    private boolean isQuiet() {
        return forwarding.isCommitted()
                && figures.isDirect()
                && answers.isEmpty()
                && commands.isEmpty()
                && arriving.values().stream().allMatch(ArrayDeque::isEmpty);
    }

    private void step() {
        switch (random.nextInt(40)) {
            case 0 -> mode = Mode.values()[random.nextInt(Mode.values().length)];
            case 1 -> {
                if (random.nextInt(6) == 0) {
                    crash();
                }
            }
            case 2 -> {
                if (random.nextInt(4) == 0) {
                    forwarding.restart(now);
                }
            }
            case 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 -> publish();
            default -> quietStep();
        }
    }

    private void quietStep() {
        switch (random.nextInt(8)) {
            case 0 -> {
                now += random.nextInt(10) == 0 ? SECOND : SECOND / 20;
                forwarding.tick(now);
            }
            case 1, 2 -> commit();
            case 3, 4 -> arrive();
            default -> {
                if (!answers.isEmpty()) {
                    answers.remove(random.nextInt(answers.size())).run();
                }
            }
        }
    }

    private void publish() {
        if (full) {
            return;
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int number = published++;
            String key = "client" + random.nextInt(KEYS);
            boolean atLeastOnce = random.nextInt(5) > 0;
            if (random.nextInt(50) == 0) {
                poison.add(number);
            }
            publishedByKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(number);
            SinkRecord record = new SinkRecord("t", Integer.toString(number), "", key, Map.of(), new byte[30]);
            entries.add(new Entry(record, atLeastOnce, atLeastOnce ? number : null, null));
        }
        forwarding.offer(entries, now);
    }

    /** The process is gone; of what was under way some is done all the same. */
    private void crash() {
        answers.clear();
        for (int i = random.nextInt(commands.size() + 1); i > 0; i--) {
            commands.remove().commit().run();
        }
        commands.clear();
        full = false;
        figures = new ForwardFigures();
        forwarding = new Forwarding(settings, this, figures);
        answers.add(readyOf(forwarding));
    }

    private void commit() {
        if (!commands.isEmpty()) {
            Command next = commands.remove();
            next.commit().run();
            next.tell().run();
        }
    }

    /** The target looks at one record. */
    private void arrive() {
        List<String> keys = arriving.entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (keys.isEmpty() || (mode == Mode.SILENT && random.nextInt(20) > 0)) {
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        Sent sent = Objects.requireNonNull(arriving.get(key)).remove();
        Entry entry = sent.entry();
        int number = Integer.parseInt(entry.record().key());
        boolean fails = mode == Mode.AWAY || (mode == Mode.FLAKY && random.nextInt(3) == 0);
        if (fails && random.nextInt(3) > 0) {
            answer(sent, () -> sent.by().failed(entry, false, "away", false, now));
        } else if (poison.contains(number) && !fails) {
            answer(sent, () -> sent.by().failed(entry, true, "too large", false, now));
        } else {
            delivered.computeIfAbsent(key, _ -> new ArrayList<>()).add(number);
            if (fails) { // it has it, and the answer is lost
                answer(sent, () -> sent.by().failed(entry, false, "answer lost", false, now));
            } else {
                answer(sent, () -> sent.by().taken(entry, now));
            }
        }
    }

    private void answer(Sent sent, Runnable answer) {
        answers.add(() -> {
            if (sent.by() == forwarding) {
                answer.run();
            }
        });
    }

    @Override
    public void send(List<Entry> entries) {
        for (Entry entry : entries) {
            arriving.computeIfAbsent(entry.record().orderKey(), _ -> new ArrayDeque<>())
                    .add(new Sent(entry, forwarding));
        }
    }

    @Override
    public void append(Entry entry) {
        Forwarding by = forwarding;
        MessageId id = new MessageId(sequence++, WRITER);
        commands.add(new Command(
                () -> stored.add(new Stored(id, entry)), () -> answers.addFirst(() -> by.appended(entry, true, now))));
    }

    @Override
    public void read(QueueCursor after, boolean afterCommits, int maxMessages) {
        Runnable read = () -> answers.add(() -> page(after, maxMessages));
        if (afterCommits) {
            commands.add(new Command(() -> {}, read));
        } else {
            read.run();
        }
    }

    private void page(QueueCursor after, int maxMessages) {
        if (random.nextInt(20) == 0) {
            forwarding.unread(now);
            return;
        }
        List<Stored> behind =
                stored.stream().filter(each -> !after.covers(each.id())).toList();
        List<Entry> page = behind.stream()
                .limit(maxMessages)
                .map(each -> new Entry(each.entry().record(), each.entry().isAtLeastOnce(), null, each.id()))
                .toList();
        forwarding.page(page, behind.size() > page.size(), now, 0);
    }

    @Override
    public void readOldest(int maxMessages) {
        throw new AssertionError("nothing is dropped here");
    }

    @Override
    public void remove(Entry entry) {
        MessageId id = entry.stored();
        commands.add(new Command(() -> stored.removeIf(each -> each.id().equals(id)), () -> {}));
    }

    @Override
    public void settle(Entry entry, boolean ok) {
        if (ok && entry.waiter() instanceof Integer number && !acknowledged.add(number)) {
            throw new AssertionError("message " + number + " is acknowledged twice");
        }
    }

    @Override
    public void full(boolean now) {
        full = now;
    }

    /** Empty, or what is wrong. */
    String verdict() {
        if (!isQuiet()) {
            return "not quiet: " + stored.size() + " in the spool, problem " + figures.problem();
        }
        if (!stored.isEmpty()) {
            return stored.size() + " left in the spool";
        }
        for (Map.Entry<String, List<Integer>> each : publishedByKey.entrySet()) {
            List<Integer> wanted = each.getValue().stream()
                    .filter(number -> acknowledged.contains(number) && !poison.contains(number))
                    .toList();
            List<Integer> got = delivered.getOrDefault(each.getKey(), List.of());
            int at = 0;
            for (int number : got) {
                if (at < wanted.size() && wanted.get(at) == number) {
                    at++;
                }
            }
            if (at < wanted.size()) {
                return each.getKey() + ": message " + wanted.get(at) + " is missing or out of order: acknowledged "
                        + wanted + ", delivered " + got;
            }
        }
        return "";
    }

    int acknowledged() {
        return acknowledged.size();
    }
}
