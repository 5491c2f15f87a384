package dev.skein.node.route.actor;

import dev.skein.node.route.actor.RouterRoutes.Reading;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routers of one parent topic, one after another, and the nodes that open and close its table. Changes of subscriptions
 * arrive late and more than once, messages between nodes are lost, the store is slow and fails, nodes and routers go.
 */
final class RoutesSimulation implements SimulatedTable.Router {
    private static final int SESSIONS = 4;
    private static final int FILTERS = 4;
    private static final int QUIET_ROUNDS = 20_000;
    private static final int TRACE = 60;

    private final SplittableRandom random;
    private final TreeMap<Long, SimulatedTable> nodes = new TreeMap<>();
    private final Map<Long, ArrayDeque<Runnable>> toNodes = new HashMap<>();
    private final Map<Long, ArrayDeque<Runnable>> toRouter = new HashMap<>();
    /** Answers of the store, and changes that sessions tell. */
    private final List<Runnable> late = new ArrayList<>();

    private final Map<Long, Set<String>> stored = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private RouterRoutes<Call> router;
    private long incarnation;
    private boolean quiet;
    private long numbers = 3;

    /** What a session has changed; {@code seen} is what the store had of each filter since. */
    private static final class Change {
        private final long session;
        private final List<String> filters;
        private final Map<String, Set<Boolean>> seen = new HashMap<>();
        private boolean answered;

        private Change(long session, List<String> filters) {
            this.session = session;
            this.filters = filters;
        }
    }

    /** One copy of it that reached a router. */
    private static final class Call {
        private final Change change;
        private boolean answered;

        private Call(Change change) {
            this.change = change;
        }
    }

    RoutesSimulation(SplittableRandom random) {
        this.random = random;
        for (long node = 1; node <= 3; node++) {
            join(node);
        }
        router = start();
    }

    private void join(long node) {
        nodes.put(node, new SimulatedTable(node, this));
        toNodes.put(node, new ArrayDeque<>());
        toRouter.put(node, new ArrayDeque<>());
    }

    private RouterRoutes<Call> start() {
        incarnation++;
        note("router " + incarnation);
        waiting.clear();
        RouterRoutes<Call> made = new RouterRoutes<>(new Output(incarnation));
        made.start(nodes.keySet());
        return made;
    }

    void run(int steps) {
        try {
            for (int i = 0; i < steps; i++) {
                step();
            }
            comeToRest();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n  " + String.join("\n  ", trace), e);
        }
    }

    private void note(String text) {
        if (trace.size() == TRACE) {
            trace.removeFirst();
        }
        trace.addLast(text);
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1 -> change();
            case 2 -> tell(changes.isEmpty() ? null : changes.get(random.nextInt(changes.size())));
            case 3 -> table().want();
            case 4 -> rare();
            case 5 -> router.check(nodes.keySet());
            case 6, 7 -> next(late, random.nextInt(Math.max(1, late.size())));
            case 8, 9, 10 -> next(at(toNodes, node()));
            case 11, 12, 13 -> next(at(toRouter, node()));
            case 14 -> table().again();
            default -> next(late, 0);
        }
        goOn();
    }

    private void rare() {
        switch (random.nextInt(6)) {
            case 0 -> {
                SimulatedTable table = table();
                note("node " + table.node() + " closes");
                table.close();
            }
            case 1 -> lose(toNodes);
            case 2 -> lose(toRouter);
            case 3 -> {
                if (random.nextInt(3) == 0) {
                    router = start(); // the shard moves
                }
            }
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    long gone = nodes.lastKey();
                    nodes.remove(gone);
                    toNodes.remove(gone);
                    toRouter.remove(gone);
                    join(++numbers);
                }
            }
            default -> table().again();
        }
    }

    private void lose(Map<Long, ArrayDeque<Runnable>> queues) {
        long node = node();
        note("lost: " + (queues == toNodes ? "to " : "from ") + node);
        at(queues, node).poll();
    }

    /** What is there for {@code key}, as the simulation knows. */
    private static <K, V> V at(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }

    private long node() {
        return new ArrayList<>(nodes.keySet()).get(random.nextInt(nodes.size()));
    }

    private SimulatedTable table() {
        return at(nodes, node());
    }

    private static void next(ArrayDeque<Runnable> queue) {
        Runnable task = queue.poll();
        if (task != null) {
            task.run();
        }
    }

    private static void next(List<Runnable> bag, int which) {
        if (which < bag.size()) {
            bag.remove(which).run();
        }
    }

    /** As the shell does when what had to wait may go on. */
    private void goOn() {
        for (int i = waiting.size(); i > 0; i--) {
            waiting.poll().run(); // it waits again if it must
        }
    }

    private void change() {
        long session = 1L + random.nextInt(SESSIONS);
        Set<String> has = stored.computeIfAbsent(session, _ -> new HashSet<>());
        boolean put = random.nextBoolean();
        List<String> filters = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            String filter = "a/" + random.nextInt(FILTERS);
            filters.add(filter);
            boolean _ = put ? has.add(filter) : has.remove(filter);
        }
        Change made = new Change(session, filters.stream().distinct().toList());
        changes.add(made);
        for (Change each : changes) {
            if (each.session == session) {
                each.filters.forEach(filter ->
                        each.seen.computeIfAbsent(filter, _ -> new HashSet<>()).add(has.contains(filter)));
            }
        }
        tell(made);
    }

    private void tell(@Nullable Change change) {
        if (change != null) {
            late.add(() -> call(new Call(change)));
        }
    }

    private void call(Call call) {
        if (router.mayChange()) {
            note("change of session " + call.change.session + ": " + call.change.filters);
            router.change(call.change.session, call.change.filters, call);
        } else {
            waiting.add(() -> call(call));
        }
    }

    private void open(long node) {
        if (router.mayOpen()) {
            note("node " + node + " opens");
            router.open(node, nodes.containsKey(node));
        } else {
            waiting.add(() -> open(node));
        }
    }

    private void send(long node, Consumer<SimulatedTable> what) {
        SimulatedTable table = nodes.get(node);
        if (table != null) {
            at(toNodes, node).add(() -> what.accept(table));
        }
    }

    @Override
    public void wants(long node) {
        at(toRouter, node).add(() -> open(node));
    }

    @Override
    public void closes(long node) {
        at(toRouter, node).add(() -> {
            note("node " + node + " has closed");
            router.close(node);
        });
    }

    @Override
    public void applied(long node, long of, long version) {
        at(toRouter, node).add(() -> {
            if (of == incarnation) {
                note("node " + node + " has version " + version);
                router.appliedBy(node, version);
            }
        });
    }

    private void comeToRest() {
        quiet = true;
        for (int i = 0; i < QUIET_ROUNDS && !atRest(); i++) {
            if (late.isEmpty()) {
                changes.stream().filter(each -> !each.answered).forEach(this::tell);
                router.check(nodes.keySet());
                nodes.values().forEach(SimulatedTable::again);
            }
            next(late, random.nextInt(Math.max(1, late.size())));
            next(at(toNodes, node()));
            next(at(toRouter, node()));
            goOn();
        }
        check(atRest(), "everything comes to rest");
        nodes.values()
                .forEach(table -> check(
                        !table.isOpen() || table.routes().equals(held()),
                        "table of node " + table.node() + ": " + table.routes() + " (expected: " + held() + ")"));
    }

    private boolean atRest() {
        return late.isEmpty()
                && waiting.isEmpty()
                && router.isReady()
                && toNodes.values().stream().allMatch(ArrayDeque::isEmpty)
                && toRouter.values().stream().allMatch(ArrayDeque::isEmpty)
                && nodes.values().stream().noneMatch(SimulatedTable::isOpening)
                && changes.stream().allMatch(each -> each.answered);
    }

    private Set<String> held() {
        Set<String> held = new HashSet<>();
        stored.forEach((session, filters) -> filters.forEach(filter -> held.add(session + " " + filter)));
        return held;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private List<PersistentRoute> routes(long session, Set<String> of) {
        return stored.getOrDefault(session, Set.of()).stream()
                .filter(of::contains)
                .map(filter ->
                        new PersistentRoute(session, new SessionKey("i", "c" + session), new Subscription(filter, 1)))
                .toList();
    }

    /** The shell of one router. */
    private final class Output implements RouterRoutes.Output<Call> {
        private final long of;

        private Output(long of) {
            this.of = of;
        }

        /** Reads now, and answers later or not at all. */
        private void read(List<PersistentRoute> found, Consumer<List<PersistentRoute>> then, Runnable again) {
            boolean fails = !quiet && random.nextInt(6) == 0;
            late.add(() -> {
                if (of == incarnation) {
                    if (fails) {
                        again.run();
                    } else {
                        then.accept(found);
                    }
                }
            });
        }

        @Override
        public void announce(long node) {
            send(node, SimulatedTable::announced);
        }

        @Override
        public void readTable(Reading reading, long after) {
            List<PersistentRoute> page = stored.keySet().stream()
                    .filter(session -> session > after && !at(stored, session).isEmpty())
                    .findFirst()
                    .map(session -> routes(session, at(stored, session)))
                    .orElse(List.of());
            read(page, routes -> router.tableRead(reading, routes), () -> router.readTableAgain(reading, after));
        }

        @Override
        public void tellPage(Reading to, long version, List<PersistentRoute> routes) {
            int number = to.nextPart();
            note("page " + number + " of version " + version + " to node " + to.node());
            send(to.node(), table -> {
                note("node " + to.node() + " gets page " + number + " of version " + version + " by " + of);
                table.page(of, version, number, routes);
            });
        }

        @Override
        public void readChangesSoon() {
            late.add(() -> {
                if (of == incarnation) {
                    router.readChanges();
                }
            });
        }

        @Override
        public void readChanges(Map<Long, Set<String>> wanted) {
            List<PersistentRoute> found = wanted.entrySet().stream()
                    .flatMap(each -> routes(each.getKey(), each.getValue()).stream())
                    .toList();
            read(found, router::changesRead, router::readChangesAgain);
        }

        @Override
        public void tellPresent(Set<Long> to, long version, List<PersistentRoute> routes) {
            List<String> present = routes.stream().map(SimulatedTable::text).toList();
            to.forEach(node -> send(node, table -> table.change(of, version, present, List.of())));
        }

        @Override
        public void tellGone(Set<Long> to, long version, long session, List<String> filters) {
            List<String> gone =
                    filters.stream().map(each -> session + " " + each).toList();
            to.forEach(node -> send(node, table -> table.change(of, version, List.of(), gone)));
        }

        @Override
        public void answer(Call to) {
            check(!to.answered, "a change is answered twice");
            to.answered = true;
            Change change = to.change;
            change.answered = true;
            for (SimulatedTable table : nodes.values()) {
                change.filters.forEach(filter -> check(
                        !table.isOpen()
                                || !router.tells(table.node()) // it has closed the table, and will be asked
                                || at(change.seen, filter).contains(table.has(change.session, filter)),
                        "answered and not in force on node " + table.node() + ": " + filter));
            }
        }

        @Override
        public void openAgain(long node) {
            late.add(() -> {
                if (of == incarnation && nodes.containsKey(node)) {
                    open(node);
                }
            });
        }
    }
}
