package dev.skein.loadtest.suite;

import dev.skein.loadtest.load.ConnectResult;
import dev.skein.loadtest.load.ConnectRun;
import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.MessageResult;
import dev.skein.loadtest.load.MessageRun;
import dev.skein.loadtest.load.MessageSettings;
import dev.skein.loadtest.load.ProcessUse;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.RunNames;
import dev.skein.loadtest.load.Target;
import dev.skein.loadtest.load.Topology;
import dev.skein.loadtest.mqtt.ConnectOptions;
import dev.skein.loadtest.mqtt.MessageProperties;
import dev.skein.loadtest.mqtt.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Runs every row against every broker in turn, so that what disturbs the machine disturbs all of them. */
public final class Suite {
    private static final int WINDOW = 20;
    private static final int PAYLOAD = 64;
    private static final double OPEN_RATE = 10_000;
    private static final double CONNECT_RATE = 1000;
    /** Beyond what any broker takes: then the limit of connections under way sets the pace. */
    private static final double UNBOUNDED_RATE = 1e6;

    private static final double IDLE_RATE = 1500;
    private static final Duration IDLE_HOLD = Duration.ofSeconds(10);
    private static final int PENDING = 100;
    private static final int KEEP_ALIVE = 300;
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final MessageProperties USER_PROPERTIES = new MessageProperties(3, 0);

    private final SuiteSettings settings;
    private final Listener listener;
    private final AtomicBoolean stop;
    private int number = (int) System.nanoTime();

    /** Hears how it goes, on the thread that runs the suite. */
    public interface Listener {
        /** A run begins; its progress goes to what is returned. */
        Progress begins(Row row, Broker broker, int run);

        /** A run has ended. {@code figures} is empty when it did not pass its checks. */
        void ended(Row row, Broker broker, int run, Map<Figure, Double> figures);
    }

    /** Prepares a suite; {@code stop} ends it early with what it has. */
    public Suite(SuiteSettings settings, Listener listener, AtomicBoolean stop) {
        this.settings = settings;
        this.listener = listener;
        this.stop = stop;
    }

    /** Runs everything. */
    public SuiteResult run() {
        SuiteResult result = new SuiteResult(settings);
        Set<Row> rows = EnumSet.copyOf(settings.rows());
        if (rows.remove(Row.IDLE_MEMORY)) {
            rows(List.of(Row.IDLE_MEMORY), result); // first, while the brokers are fresh
        }
        Map<Row, List<Row>> alike = new EnumMap<>(Row.class);
        for (Row row : rows) {
            Row first = row.against() == null ? row : row.against();
            alike.computeIfAbsent(first, unused -> new ArrayList<>()).add(row);
        }
        alike.values().forEach(each -> rows(each, result));
        return result;
    }

    /** Rows that are set against each other, one after another in each run. */
    private void rows(List<Row> rows, SuiteResult result) {
        List<Turn> order = new ArrayList<>();
        rows.forEach(row -> settings.brokers().forEach(broker -> order.add(new Turn(row, broker))));
        List<Turn> failed = new ArrayList<>();
        for (int run = 1; run <= (rows.getFirst().onlyOnce() ? 1 : settings.runs()); run++) {
            for (Turn turn : order) {
                if (stop.get()) {
                    return;
                }
                if (!failed.contains(turn) && !one(turn.row(), turn.broker(), run, result)) {
                    failed.add(turn); // it would fail again
                }
            }
            Collections.reverse(order); // nobody is always the first
        }
    }

    private record Turn(Row row, Broker broker) {}

    private boolean one(Row row, Broker broker, int run, SuiteResult result) {
        Progress progress = listener.begins(row, broker, run);
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        Topology topology = row.topology();
        Found found = topology == null
                ? connect(row, broker, progress, figures)
                : messages(row, topology, broker, progress, figures);
        if (stop.get()) {
            return false; // cut short: no figure of the full length
        }
        if (found.nothing()) {
            result.note(row, broker, found.reasons().isEmpty() ? "nothing came" : found.reasons());
        } else {
            found.failures().forEach(failure -> result.fail(row, broker, failure));
        }
        if (!found.failures().isEmpty()) {
            figures.clear();
        }
        if (!found.kept()) {
            result.note(row, broker, "the rate was not kept");
        }
        figures.keySet().retainAll(row.figures());
        result.add(row, broker, figures);
        listener.ended(row, broker, run, figures);
        return !found.nothing();
    }

    /**
     * What became of one run.
     *
     * @param nothing whether it came to nothing, as when the broker does not serve this kind of work
     * @param reasons of the connections that failed
     * @param kept whether the rate was kept, where there is one
     */
    private record Found(List<String> failures, boolean nothing, String reasons, boolean kept) {
        static Found of(List<String> failures, boolean nothing, Connections connections, boolean kept) {
            return new Found(
                    failures, nothing, String.join(", ", connections.reasons().keySet()), kept);
        }
    }

    private Found messages(Row row, Topology topology, Broker broker, Progress progress, Map<Figure, Double> figures) {
        boolean open = row == Row.OPEN_LOOP;
        MessageSettings asked = new MessageSettings(
                row.key(),
                topology,
                row.qos(),
                PAYLOAD,
                open ? 0 : row == Row.ONE_IN_FLIGHT ? 1 : WINDOW,
                open ? OPEN_RATE : 0,
                false,
                settings.warmup(),
                settings.duration(),
                DRAIN,
                CONNECT_RATE,
                "suite",
                false,
                row.kind() == Row.Kind.PROPERTIES ? USER_PROPERTIES : MessageProperties.NONE,
                row.kind() == Row.Kind.SHARED ? "suite" : null);
        number++;
        MessageResult result = new MessageRun(target(row, broker), asked, number, progress, stop).run();
        read(result, figures);
        boolean kept = result.schedule() == null || result.schedule().kept() || result.delivered() == 0;
        return Found.of(result.failures(), result.delivered() == 0, result.connections(), kept);
    }

    private Found connect(Row row, Broker broker, Progress progress, Map<Figure, Double> figures) {
        boolean idle = row == Row.IDLE_MEMORY;
        number++;
        ConnectResult result = new ConnectRun(
                        target(row, broker),
                        idle ? settings.idle() : settings.connects(),
                        idle ? IDLE_RATE : UNBOUNDED_RATE,
                        idle ? IDLE_HOLD : Duration.ZERO,
                        false,
                        progress,
                        stop)
                .run();
        read(result, row, figures);
        return Found.of(result.failures(), result.connections().opened() == 0, result.connections(), true);
    }

    private Target target(Row row, Broker broker) {
        return new Target(
                List.of(broker.address()),
                new ConnectOptions(!row.persistent(), KEEP_ALIVE, settings.username(), settings.password())
                        .with(protocol(row)),
                RunNames.clientPrefix(number),
                List.of(),
                null,
                settings.threads(),
                PENDING,
                broker.pid());
    }

    private static Protocol protocol(Row row) {
        return switch (row.kind()) {
            case PLAIN, SHARED -> Protocol.MQTT_3_1_1;
            case MQTT_5, PROPERTIES -> Protocol.MQTT_5;
        };
    }

    private static void read(MessageResult result, Map<Figure, Double> figures) {
        Latency latency = result.latency();
        figures.put(Figure.DELIVERIES, result.outPerSecond());
        figures.put(Figure.P50, latency.p50() / 1e6);
        figures.put(Figure.P99, latency.p99() / 1e6);
        figures.put(Figure.P999, latency.p999() / 1e6);
        cpu(Figure.CPU_DELIVERY, result.broker(), result.delivered(), figures);
    }

    private static void read(ConnectResult result, Row row, Map<Figure, Double> figures) {
        int opened = result.connections().opened();
        if (result.rampSeconds() > 0) {
            figures.put(Figure.CONNECTS, opened / result.rampSeconds());
        }
        cpu(Figure.CPU_CONNECT, result.broker(), opened, figures);
        ConnectResult.Memory memory = result.memory();
        if (row == Row.IDLE_MEMORY && memory != null) {
            figures.put(Figure.MEMORY, memory.perConnection(result.held()) / 1024);
        }
    }

    private static void cpu(Figure figure, @Nullable ProcessUse use, long events, Map<Figure, Double> figures) {
        if (use != null) {
            figures.put(figure, use.cpuMicrosPer(events));
        }
    }
}
