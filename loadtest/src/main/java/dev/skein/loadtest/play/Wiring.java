package dev.skein.loadtest.play;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who receives which streams, worked out from topics and filters before the run. */
final class Wiring {
    private final Plan plan;
    private final Node tree = new Node();
    /** Equal filters of a flow share their sources. */
    private final Map<String, Map<Integer, int[]>> matched = new HashMap<>();

    private final Map<String, Sources> interned = new HashMap<>();
    /** P2P: for each flow the streams of each addressed client. */
    private final Map<Integer, Map<Integer, Ints>> addressed = new HashMap<>();

    /** A growing list of numbers. */
    private static final class Ints {
        private int[] values = new int[2];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, size * 2);
            }
            values[size] = value;
            size++;
        }

        int[] toArray() {
            return java.util.Arrays.copyOf(values, size);
        }
    }

    /** A level of the tree of topics, with the streams of the topic that ends there, by flow. */
    private static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final Map<Integer, Ints> streams = new HashMap<>(2);
    }

    Wiring(Plan plan) {
        this.plan = plan;
        for (FlowPlan flow : plan.flows()) {
            boolean direct = flow.flow().p2p();
            if (direct) {
                addressed.put(flow.index(), new HashMap<>());
            }
            for (int stream = 0; stream < flow.streams(); stream++) {
                if (direct) {
                    java.util.Objects.requireNonNull(addressed.get(flow.index()))
                            .computeIfAbsent(flow.addressee(stream), unused -> new Ints())
                            .add(stream);
                } else {
                    insert(flow.index(), stream, flow.topic(stream));
                }
            }
        }
    }

    private void insert(int flow, int stream, String topic) {
        Node at = tree;
        for (String level : topic.split("/", -1)) {
            at = at.children.computeIfAbsent(level, unused -> new Node());
        }
        at.streams.computeIfAbsent(flow, unused -> new Ints()).add(stream);
    }

    /** What a client receives, by flow; null where it receives nothing. */
    @Nullable
    Arrivals[] arrivals(GroupPlan group, int n) {
        @Nullable Arrivals[] arrivals = new @Nullable Arrivals[plan.flows().size()];
        for (GroupPlan.Filter filter : group.filters(n)) {
            // equal filters share their streams, not what arrived
            match(filter.text()).forEach((flow, streams) -> {
                int qos = Math.min(plan.flows().get(flow).flow().qos(), filter.qos());
                Sources sources = interned.computeIfAbsent(
                        flow + " " + filter.shared() + " " + filter.text(),
                        unused -> new Sources(streams, filter.shared()));
                arrivals[flow] = add(arrivals[flow], sources, qos);
            });
        }
        for (FlowPlan flow : plan.flows()) {
            if (flow.addressed() == group) {
                Ints streams = java.util.Objects.requireNonNull(addressed.get(flow.index()))
                        .get(n);
                if (streams != null) {
                    arrivals[flow.index()] = add(
                            arrivals[flow.index()],
                            new Sources(streams.toArray(), false),
                            flow.flow().qos());
                }
            }
        }
        return arrivals;
    }

    /** Several filters may bring streams of one flow. */
    private static Arrivals add(@Nullable Arrivals before, Sources sources, int qos) {
        if (before == null) {
            return new Arrivals(sources, qos);
        }
        Ints all = new Ints();
        for (int i = 0; i < before.sources().size(); i++) {
            all.add(before.sources().stream(i));
        }
        for (int i = 0; i < sources.size(); i++) {
            if (before.sources().find(sources.stream(i)) < 0) {
                all.add(sources.stream(i));
            }
        }
        return new Arrivals(new Sources(all.toArray(), before.sources().shared() || sources.shared()), qos);
    }

    private Map<Integer, int[]> match(String filter) {
        return matched.computeIfAbsent(filter, unused -> {
            Map<Integer, Ints> found = new HashMap<>();
            match(tree, List.of(filter.split("/", -1)), 0, found);
            Map<Integer, int[]> streams = new HashMap<>();
            found.forEach((flow, list) -> streams.put(flow, list.toArray()));
            return streams;
        });
    }

    private static void match(Node at, List<String> levels, int depth, Map<Integer, Ints> found) {
        if (depth == levels.size()) {
            take(at, found);
            return;
        }
        String level = levels.get(depth);
        if (level.equals("#")) {
            all(at, found);
        } else if (level.equals("+")) {
            for (Node child : new ArrayList<>(at.children.values())) {
                match(child, levels, depth + 1, found);
            }
        } else {
            Node child = at.children.get(level);
            if (child != null) {
                match(child, levels, depth + 1, found);
            }
        }
    }

    private static void all(Node at, Map<Integer, Ints> found) {
        take(at, found);
        at.children.values().forEach(child -> all(child, found));
    }

    private static void take(Node at, Map<Integer, Ints> found) {
        at.streams.forEach((flow, streams) -> {
            Ints all = found.computeIfAbsent(flow, unused -> new Ints());
            for (int i = 0; i < streams.size; i++) {
                all.add(streams.values[i]);
            }
        });
    }
}
