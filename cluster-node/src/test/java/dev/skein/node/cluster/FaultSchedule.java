package dev.skein.node.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Which faults a run brings, in their order; the same seed gives the same ones. */
final class FaultSchedule {
    private static final List<Fault> OF_A_NETWORK =
            List.of(Fault.ISOLATE, Fault.ONE_WAY, Fault.LOSS, Fault.NO_DATABASE);

    private FaultSchedule() {}

    /** What can happen. */
    enum Fault {
        /** SIGKILL, then a start. */
        KILL,
        /** SIGKILL, again while it starts, then a start. */
        KILL_TWICE,
        /** SIGTERM, then a start. */
        TERMINATE,
        /** SIGTERM and a start of one node after the other. */
        ROLLING,
        /** As {@link #ROLLING}; each node starts as the version under test. */
        UPGRADE,
        /** As {@link #ROLLING}; each node starts as the version before, {@code -Dskein.previous}. */
        DOWNGRADE,
        /** The CA and the certificate of each node are exchanged; only a secured cluster has any. */
        ROTATE,
        /** SIGSTOP, then SIGCONT. */
        STOP,
        /** SIGSTOP and SIGCONT, many times: a node that hesitates. */
        STUTTER,
        /** SIGKILL to all nodes, then a start of all. */
        KILL_ALL,
        /** PostgreSQL ends in order, then starts. */
        DATABASE_RESTART,
        /** SIGKILL to PostgreSQL, then a start. */
        DATABASE_KILL,
        /** SIGSTOP to PostgreSQL, then SIGCONT. */
        DATABASE_STOP,
        /** One node is cut off from all others. */
        ISOLATE,
        /** One node hears another one, and is not heard by it. */
        ONE_WAY,
        /** One node and all others lose packets. */
        LOSS,
        /** One node is cut off from PostgreSQL. */
        NO_DATABASE,
        /** What one node and all others send to one another is late. */
        DELAY
    }

    /**
     * One fault.
     *
     * @param pauseMillis before it
     * @param node number of the node that it hits, from 1
     * @param other another node
     * @param millis how long it lasts
     */
    record Step(int pauseMillis, Fault fault, int node, int other, int millis) {
        @Override
        public String toString() {
            return fault + " n" + node;
        }
    }

    /** Faults that can be brought about on this machine. */
    static List<Fault> possible(int nodes) {
        List<Fault> all = new ArrayList<>(List.of(Fault.values()));
        all.removeAll(List.of(Fault.UPGRADE, Fault.DOWNGRADE)); // RollingUpgradeIT
        all.remove(Fault.ROTATE); // ClusterTlsIT
        if (!NetworkFaults.available()) {
            all.removeAll(OF_A_NETWORK);
        }
        if (!NetworkFaults.canDelay()) {
            all.remove(Fault.DELAY);
        }
        if (nodes == 1) {
            all.removeAll(
                    List.of(Fault.ROLLING, Fault.KILL_ALL, Fault.ISOLATE, Fault.ONE_WAY, Fault.LOSS, Fault.DELAY));
        }
        return all;
    }

    /** {@code count} faults drawn from {@code faults}. */
    static List<Step> of(long seed, int nodes, List<Fault> faults, int count) {
        Random random = new Random(seed);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(step(random, nodes, faults.get(random.nextInt(faults.size()))));
        }
        return steps;
    }

    /** These faults in this order, at random nodes and of random length. */
    static List<Step> inOrder(long seed, int nodes, List<Fault> faults) {
        Random random = new Random(seed);
        return faults.stream().map(fault -> step(random, nodes, fault)).toList();
    }

    private static Step step(Random random, int nodes, Fault fault) {
        int node = 1 + random.nextInt(nodes);
        int other = nodes == 1 ? 1 : 1 + (node + random.nextInt(nodes - 1)) % nodes;
        int pause = 500 + random.nextInt(3000);
        int millis = switch (fault) {
            case KILL, KILL_TWICE, TERMINATE -> random.nextInt(6000);
            case STOP, DATABASE_STOP -> 2000 + random.nextInt(12_000);
            case ISOLATE, ONE_WAY, LOSS, NO_DATABASE, DELAY, STUTTER -> 3000 + random.nextInt(17_000);
            case DATABASE_RESTART, DATABASE_KILL -> random.nextInt(4000);
            case ROLLING, UPGRADE, DOWNGRADE, KILL_ALL, ROTATE -> 0;
        };
        return new Step(pause, fault, node, other, millis);
    }
}
