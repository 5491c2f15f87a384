package dev.skein.loadtest;

import dev.skein.loadtest.load.MessageResult;
import dev.skein.loadtest.load.MessageRun;
import dev.skein.loadtest.load.MessageSettings;
import dev.skein.loadtest.load.Progress;
import dev.skein.loadtest.load.Target;
import dev.skein.loadtest.load.Topology;
import dev.skein.loadtest.mqtt.MessageProperties;
import dev.skein.loadtest.report.JsonReport;
import dev.skein.loadtest.report.TextReport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The scenarios with messages, one class for each shape. */
abstract class MessageCommand extends RunCommand {
    private static final int DEFAULT_WINDOW = 20;

    @Option(
            names = "--qos",
            defaultValue = "0",
            description = "QoS of publishers and subscribers, 0..2 (default: ${DEFAULT-VALUE}).")
    private int qos;

    @Option(
            names = "--size",
            defaultValue = "64",
            description = "Payload bytes, at least 32 for what the checks need (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--window",
            description = "Closed loop: messages under way for each publisher, 1..32767 (default: 20). QoS 0 counts "
                    + "deliveries, QoS 1 and 2 acknowledgements.")
    private @Nullable Integer window;

    @Option(
            names = "--rate",
            description = "Open loop: messages a second of all publishers together; latency counts from the moment "
                    + "that the schedule says.")
    private @Nullable Double rate;

    @Option(
            names = "--window-by",
            defaultValue = "ack",
            description = "At QoS 1 and 2: ack, or delivery for the slower of both (default: ${DEFAULT-VALUE}).")
    private WindowBy windowBy = WindowBy.ACK;

    /** What opens a publisher's window at QoS 1 and 2. */
    enum WindowBy {
        /** PUBACK or PUBCOMP. */
        ACK,
        /** That, and the arrival at every subscriber. */
        DELIVERY
    }

    @Option(names = "--duration", defaultValue = "30s", description = "Measured time (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--warmup",
            defaultValue = "5s",
            description = "Time before that: checked, but in no figure (default: ${DEFAULT-VALUE}).")
    private Duration warmup = Duration.ZERO;

    @Option(
            names = "--drain",
            defaultValue = "30s",
            description = "Longest wait for stragglers after the last message; 3 s without one end it "
                    + "(default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ZERO;

    @Option(
            names = "--connect-rate",
            defaultValue = "1000",
            description = "Connections a second before the run (default: ${DEFAULT-VALUE}).")
    private double connectRate;

    @Option(
            names = "--topic-prefix",
            defaultValue = "load",
            description = "Topics are PREFIX/run/group/publisher (default: ${DEFAULT-VALUE}).")
    private String topicPrefix = "";

    @Option(
            names = "--user-properties",
            paramLabel = "N",
            defaultValue = "0",
            description = "MQTT 5: user properties of each message, 0..1000; subscribers check that they come as they"
                    + " were sent (default: ${DEFAULT-VALUE}).")
    private int userProperties;

    @Option(
            names = "--message-expiry",
            paramLabel = "SECONDS",
            description = "MQTT 5: message expiry of each message; subscribers check that it does not grow and that no"
                    + " message comes after it.")
    private @Nullable Long messageExpiry;

    /** The scenario's name and shape. */
    abstract Topology topology();

    abstract String scenario();

    /** The group that the subscribers are members of; null for none. */
    @Nullable
    String share() {
        return null;
    }

    @Override
    final Prepared prepare(Target target, int run, Progress progress, AtomicBoolean stop) {
        if (!target.options().protocol().isMqtt5() && (userProperties != 0 || messageExpiry != null)) {
            throw new IllegalArgumentException(
                    "--user-properties, --message-expiry: given (expected: --mqtt-version 5 with them)");
        }
        MessageRun prepared = new MessageRun(target, settings(), run, progress, stop);
        return command -> {
            MessageResult result = prepared.run();
            return output().finish(command, TextReport.of(result), JsonReport.of(result), result.failures());
        };
    }

    private MessageSettings settings() {
        if (window != null && rate != null) {
            throw new IllegalArgumentException("--window and --rate: both given (expected: one of them)");
        }
        if (window != null && window < 1) {
            throw new IllegalArgumentException("--window: " + window + " (expected: 1..32767)");
        }
        if (rate != null && !(rate > 0)) {
            throw new IllegalArgumentException("--rate: " + rate + " (expected: above 0)");
        }
        if (messageExpiry != null && messageExpiry < 1) {
            throw new IllegalArgumentException("--message-expiry: " + messageExpiry + " (expected: 1..4294967295)");
        }
        int messagesUnderWay = window == null ? DEFAULT_WINDOW : window;
        return new MessageSettings(
                scenario(),
                topology(),
                qos,
                size,
                rate == null ? messagesUnderWay : 0,
                rate == null ? 0 : rate,
                windowBy == WindowBy.DELIVERY,
                warmup,
                duration,
                drain,
                connectRate,
                topicPrefix,
                broker().keepSessions(),
                new MessageProperties(userProperties, messageExpiry == null ? 0 : messageExpiry),
                share());
    }

    /** {@code skein-load pair}. */
    @Command(name = "pair", description = "Publishers and subscribers one to one, each pair on its own topic.")
    static final class Pair extends MessageCommand {
        @Option(names = "--pairs", defaultValue = "50", description = "Pairs (default: ${DEFAULT-VALUE}).")
        private int pairs;

        @Override
        Topology topology() {
            return Topology.pairs(pairs);
        }

        @Override
        String scenario() {
            return "pair";
        }
    }

    /** {@code skein-load fan-out}. */
    @Command(name = "fan-out", description = "Every subscriber receives from every publisher.")
    static final class FanOut extends MessageCommand {
        @Option(names = "--publishers", defaultValue = "1", description = "Publishers (default: ${DEFAULT-VALUE}).")
        private int publishers;

        @Option(
                names = "--subscribers",
                defaultValue = "1000",
                description = "Subscribers (default: ${DEFAULT-VALUE}).")
        private int subscribers;

        @Option(
                names = "--share",
                paramLabel = "GROUP",
                description = "The subscribers are members of this group ($share/GROUP/...): each message comes to one"
                        + " of them.")
        private @Nullable String share;

        @Override
        Topology topology() {
            return Topology.fanOut(publishers, subscribers);
        }

        @Override
        @Nullable
        String share() {
            return share;
        }

        @Override
        String scenario() {
            return "fan-out";
        }
    }

    /** {@code skein-load fan-in}. */
    @Command(name = "fan-in", description = "Many publishers to few subscribers; the publishers are dealt out to them.")
    static final class FanIn extends MessageCommand {
        @Option(names = "--publishers", defaultValue = "100", description = "Publishers (default: ${DEFAULT-VALUE}).")
        private int publishers;

        @Option(names = "--subscribers", defaultValue = "1", description = "Subscribers (default: ${DEFAULT-VALUE}).")
        private int subscribers;

        @Override
        Topology topology() {
            return Topology.fanIn(publishers, subscribers);
        }

        @Override
        String scenario() {
            return "fan-in";
        }
    }
}
