package dev.skein.loadtest.suite;

import static dev.skein.loadtest.suite.Figure.CONNECTS;
import static dev.skein.loadtest.suite.Figure.CPU_CONNECT;
import static dev.skein.loadtest.suite.Figure.CPU_DELIVERY;
import static dev.skein.loadtest.suite.Figure.DELIVERIES;
import static dev.skein.loadtest.suite.Figure.MEMORY;
import static dev.skein.loadtest.suite.Figure.P50;
import static dev.skein.loadtest.suite.Figure.P99;
import static dev.skein.loadtest.suite.Figure.P999;

import dev.skein.loadtest.load.Topology;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One kind of work. */
@SuppressWarnings("ImmutableEnumChecker") // its lists are copies and a topology is a record of numbers
public enum Row {
    /** Point to point, nothing acknowledged. */
    PAIRS_QOS0("pairs-qos0", "50 pairs, QoS 0", Topology.pairs(50), 0, DELIVERIES, CPU_DELIVERY),
    /** The same over MQTT 5. */
    PAIRS_QOS0_MQTT5(PAIRS_QOS0, "mqtt5", "MQTT 5", Kind.MQTT_5),
    /** The same with user properties. */
    PAIRS_QOS0_PROPERTIES(PAIRS_QOS0, "properties", "MQTT 5, 3 user properties", Kind.PROPERTIES),
    /** Point to point, acknowledged. */
    PAIRS_QOS1("pairs-qos1", "50 pairs, QoS 1, clean sessions", Topology.pairs(50), 1, DELIVERIES, CPU_DELIVERY),
    /** The same over MQTT 5. */
    PAIRS_QOS1_MQTT5(PAIRS_QOS1, "mqtt5", "MQTT 5", Kind.MQTT_5),
    /** The same with user properties. */
    PAIRS_QOS1_PROPERTIES(PAIRS_QOS1, "properties", "MQTT 5, 3 user properties", Kind.PROPERTIES),
    /** Point to point, exactly once. */
    PAIRS_QOS2("pairs-qos2", "10 pairs, QoS 2, clean sessions", Topology.pairs(10), 2, DELIVERIES, CPU_DELIVERY),
    /** The same over MQTT 5. */
    PAIRS_QOS2_MQTT5(PAIRS_QOS2, "mqtt5", "MQTT 5", Kind.MQTT_5),
    /** The same with user properties. */
    PAIRS_QOS2_PROPERTIES(PAIRS_QOS2, "properties", "MQTT 5, 3 user properties", Kind.PROPERTIES),
    /** One to many, nothing acknowledged. */
    FAN_OUT_QOS0("fan-out-qos0", "fan-out 1 to 1,000, QoS 0", Topology.fanOut(1, 1000), 0, DELIVERIES, CPU_DELIVERY),
    /** One to many, acknowledged. */
    FAN_OUT_QOS1("fan-out-qos1", "fan-out 1 to 1,000, QoS 1", Topology.fanOut(1, 1000), 1, DELIVERIES, CPU_DELIVERY),
    /** Many to one, acknowledged. */
    FAN_IN_QOS1("fan-in-qos1", "fan-in 100 to 1, QoS 1", Topology.fanIn(100, 1), 1, DELIVERIES, CPU_DELIVERY),
    /** The same to a group that shares the messages. */
    SHARED_QOS1(
            "shared-qos1",
            "100 to a shared group of 100, QoS 1",
            Topology.fanOut(100, 100),
            1,
            FAN_IN_QOS1,
            Kind.SHARED,
            DELIVERIES,
            CPU_DELIVERY),
    /** Point to point, stored. */
    PERSISTENT_QOS1(
            "persistent-qos1", "50 pairs, QoS 1, persistent sessions", Topology.pairs(50), 1, DELIVERIES, CPU_DELIVERY),
    /** How fast one message is. */
    ONE_IN_FLIGHT("one-in-flight", "20 pairs, QoS 1, one in flight", Topology.pairs(20), 1, P50, P99, CPU_DELIVERY),
    /** How steady it is at a rate below the greatest. */
    OPEN_LOOP("open-loop", "200 pairs, QoS 1, 10,000 messages/s", Topology.pairs(200), 1, P99, P999, CPU_DELIVERY),
    /** As many clean connects as the broker takes. */
    CONNECTS_CLEAN("connects-clean", "connects, clean sessions", null, 0, CONNECTS, CPU_CONNECT),
    /** As many connects with persistent sessions as the broker takes. */
    CONNECTS_PERSISTENT("connects-persistent", "connects, persistent sessions", null, 0, CONNECTS, CPU_CONNECT),
    /** Connections that do nothing. */
    IDLE_MEMORY("idle-memory", "idle connections, clean sessions", null, 0, MEMORY);

    private final String key;
    private final String title;
    private final @Nullable Topology topology;
    private final int qos;
    private final List<Figure> figures;
    private final @Nullable Row against;
    private final Kind kind;

    /** What a row does otherwise than clients of MQTT 3.1.1 that subscribe each for itself. */
    enum Kind {
        /** Nothing. */
        PLAIN,
        /** Speaks MQTT 5. */
        MQTT_5,
        /** Speaks MQTT 5 with user properties. */
        PROPERTIES,
        /** The subscribers share. */
        SHARED
    }

    Row(String key, String title, @Nullable Topology topology, int qos, Figure... figures) {
        this(key, title, topology, qos, null, Kind.PLAIN, figures);
    }

    /** The work of another row in another way. */
    Row(Row against, String key, String title, Kind kind) {
        this(
                against.key + "-" + key,
                against.title + ", " + title,
                against.topology,
                against.qos,
                against,
                kind,
                against.figures.toArray(Figure[]::new));
    }

    Row(
            String key,
            String title,
            @Nullable Topology topology,
            int qos,
            @Nullable Row against,
            Kind kind,
            Figure... figures) {
        this.against = against;
        this.kind = kind;
        this.key = key;
        this.title = title;
        this.topology = topology;
        this.qos = qos;
        this.figures = List.of(figures);
    }

    /** The row of a key that {@code --only} names. */
    public static Row of(String key) {
        return Arrays.stream(values())
                .filter(row -> row.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--only: " + key + " (expected: "
                        + Arrays.stream(values()).map(Row::key).collect(Collectors.joining(", ")) + ")"));
    }

    /** Short name. */
    public String key() {
        return key;
    }

    /** Name in the table. */
    public String title() {
        return title;
    }

    /** What is measured, the most telling first. */
    public List<Figure> figures() {
        return figures;
    }

    /** The row whose work it does in another way; null for none. Both are run in turn. */
    public @Nullable Row against() {
        return against;
    }

    Kind kind() {
        return kind;
    }

    /** Who talks to whom; null for connections alone. */
    @Nullable
    Topology topology() {
        return topology;
    }

    int qos() {
        return qos;
    }

    boolean persistent() {
        return this == PERSISTENT_QOS1 || this == CONNECTS_PERSISTENT;
    }

    /** Memory that a broker has freed hides what a connection takes, so only the first run tells. */
    boolean onlyOnce() {
        return this == IDLE_MEMORY;
    }
}
