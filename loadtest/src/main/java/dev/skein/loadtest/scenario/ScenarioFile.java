package dev.skein.loadtest.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.skein.loadtest.scenario.Group.Credentials;
import dev.skein.loadtest.scenario.Group.Subscription;
import dev.skein.loadtest.scenario.Group.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads scenarios: those that come with the load tester by name, others from files. */
public final class ScenarioFile {
    /** The names of the scenarios that come with the load tester, in the order in which they are listed. */
    public static final List<String> SHIPPED = List.of(
            "mqttbs-conn",
            "mqttbs-fan-out",
            "mqttbs-p2p",
            "mqttbs-fan-in",
            "mqttbs-conn-enterprise",
            "mqttbs-fan-out-enterprise",
            "mqttbs-p2p-enterprise",
            "mqttbs-fan-in-enterprise",
            "storage-gateway",
            "live-stream",
            "vehicles",
            "payment",
            "catering",
            "instant-messaging",
            "price-tags",
            "offline-queue",
            "storm-reconnect",
            "storm-subscribe",
            "slow-readers");

    static final int SMALLEST = 16;
    static final int LARGEST = 1 << 20;
    static final int MOST = 10_000_000;
    static final double MOST_RATE = 1e6;

    private static final String ENDING = ".conf";
    private static final String ORDER = "order";
    private static final int MOST_KEEP_ALIVE = 65_535;
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);
    private static final Set<String> CLIENT_NAMES = Set.of("run", "n");
    private static final Set<String> FILTER_NAMES = Set.of("run", "n", "client", "device");
    private static final Set<String> TOPIC_NAMES = Set.of("run", "n", "client", "device", "to", "to.n", "t");
    private static final Set<String> ANSWER_NAMES = Set.of("run", "to", "to.n");

    private final String name;
    private final Keys root;
    private final Config config;
    private final List<Group> groups = new ArrayList<>();
    private final List<Flow> flows = new ArrayList<>();

    private ScenarioFile(String name, String file, Config config) {
        this.name = name;
        this.root = new Keys(file, "", config.root());
        this.config = config;
    }

    /**
     * The scenario of a shipped name or of a file.
     *
     * @throws IllegalArgumentException that names file, key and what was expected
     */
    public static Scenario find(String nameOrFile) {
        if (SHIPPED.contains(nameOrFile)) {
            return read(nameOrFile, nameOrFile + ENDING, shipped(nameOrFile));
        }
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "scenario: " + nameOrFile + " (expected: a file, or one of " + String.join(", ", SHIPPED) + ")");
        }
        String last = String.valueOf(file.getFileName());
        String name = last.endsWith(ENDING) ? last.substring(0, last.length() - ENDING.length()) : last;
        try {
            return parsed(name, nameOrFile, ConfigFactory.parseFile(file.toFile()));
        } catch (ConfigException broken) {
            throw new IllegalArgumentException(nameOrFile + ": " + broken.getMessage(), broken);
        }
    }

    /** The file of a shipped scenario. */
    public static String text(String name) {
        if (!SHIPPED.contains(name)) {
            throw new IllegalArgumentException(
                    "scenario: " + name + " (expected: one of " + String.join(", ", SHIPPED) + ")");
        }
        return shipped(name);
    }

    private static String shipped(String name) {
        String resource = "/scenarios/" + name + ENDING;
        try (InputStream in = ScenarioFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource: " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The scenario of a text; {@code file} is for failures. */
    public static Scenario read(String name, String file, String text) {
        try {
            return parsed(name, file, ConfigFactory.parseString(text));
        } catch (ConfigException broken) {
            throw new IllegalArgumentException(file + ": " + broken.getMessage(), broken);
        }
    }

    private static Scenario parsed(String name, String file, Config config) {
        return new ScenarioFile(name, file, config.resolve()).scenario();
    }

    private Scenario scenario() {
        String about = root.text("about");
        Duration keepAlive = root.duration("keep-alive", Duration.ofMinutes(5));
        if (keepAlive.toSeconds() > MOST_KEEP_ALIVE) {
            throw root.wrong("keep-alive", keepAlive.toSeconds() + " s", "0 s..65535 s");
        }
        Duration drain = root.duration("drain", DEFAULT_DRAIN);
        Map<String, Keys> groupKeys = ordered(root.named("groups"));
        if (groupKeys.isEmpty()) {
            throw root.wrong("groups", "missing", "a section with a group or more");
        }
        groupKeys.forEach((each, keys) -> groups.add(group(each, keys)));
        // templates may speak of groups that come later
        groupKeys.forEach(this::groupTemplates);
        ordered(root.named("flows")).forEach((each, keys) -> flows.add(flow(each, keys)));
        flows.forEach(flow -> {
            if (flow.answers() != null && flow(flow.answers()) == null) {
                throw root.wrong("flows." + flow.name() + ".answers", flow.answers(), "another flow");
            }
        });
        PhaseReader phaseReader = new PhaseReader(root, groups, flows);
        List<Phase> phases = phaseReader.phases();
        Limits limits = new LimitsReader(groups, flows).limits(root.section("criteria"));
        root.end();
        return new Scenario(name, about, (int) keepAlive.toSeconds(), drain, groups, flows, phases, limits, text());
    }

    /** Lines are gone in a text made from what was read: it says the order in a key of its own. */
    private Map<String, Keys> ordered(Map<String, Keys> named) {
        List<String> order = root.texts(ORDER, List.of());
        Map<String, Keys> ordered = new LinkedHashMap<>();
        order.stream().filter(named::containsKey).forEach(each -> ordered.put(each, named.get(each)));
        named.forEach(ordered::putIfAbsent);
        return ordered;
    }

    /** What was read, with everything included. */
    private String text() {
        List<String> order = new ArrayList<>();
        groups.forEach(group -> order.add(group.name()));
        flows.forEach(flow -> order.add(flow.name()));
        return config.withValue(ORDER, ConfigValueFactory.fromIterable(order))
                .root()
                .render(ConfigRenderOptions.concise());
    }

    private Group group(String groupName, Keys keys) {
        List<Subscription> subscriptions = new ArrayList<>();
        for (Keys each : keys.sections("subscribe")) {
            subscriptions.add(new Subscription(
                    each.text("filter"),
                    each.integer("qos", 0, 2),
                    each.optionalText("shared"),
                    each.optionalText("otherwise")));
            if (each.has("shared") != each.has("otherwise")) {
                throw each.wrong("shared", "given alone", "shared and otherwise together, or neither");
            }
            each.end();
        }
        boolean clean = keys.choice("session", SessionKind.class, SessionKind.CLEAN) == SessionKind.CLEAN;
        Duration none = Duration.ZERO;
        Duration readEvery = keys.duration("read-every", none);
        Group group = new Group(
                groupName,
                keys.integer("count", 1, MOST),
                keys.flag("scaled", true),
                keys.text("client-id"),
                clean,
                subscriptions,
                keys.flag("subscribe-later", false),
                keys.choice("transport", Wire.class, Wire.ANY),
                keys.has("credentials") ? credentials(keys.section("credentials")) : null,
                readEvery.equals(none) ? null : readEvery);
        keys.end();
        return group;
    }

    private enum SessionKind {
        CLEAN,
        PERSISTENT
    }

    private static Credentials credentials(Keys keys) {
        Credentials credentials = keys.has("access-key")
                ? new Credentials(keys.text("access-key"), keys.text("secret"), keys.text("instance"))
                : new Credentials(keys.text("username"), keys.text("password"), null);
        keys.end();
        return credentials;
    }

    private void groupTemplates(String groupName, Keys keys) {
        template(keys, "client-id", CLIENT_NAMES);
        if (!keys.text("client-id").contains("{n")) {
            throw keys.wrong("client-id", keys.text("client-id"), "{n} in it, so that every client has its own");
        }
        for (Keys each : keys.sections("subscribe")) {
            template(each, "filter", FILTER_NAMES);
            if (each.has("otherwise")) {
                template(each, "otherwise", FILTER_NAMES);
            }
        }
    }

    private void template(Keys keys, String key, Set<String> allowed) {
        try {
            Template.of(keys.text(key), allowed, each -> group(each) == null ? 0 : 1);
        } catch (IllegalArgumentException broken) {
            throw keys.wrong(key, String.valueOf(broken.getMessage()), "a template");
        }
    }

    private Flow flow(String flowName, Keys keys) {
        boolean p2p = keys.has("p2p");
        String answers = keys.optionalText("answers");
        if (p2p == keys.has("topic")) {
            throw keys.wrong("topic", p2p ? "given beside p2p" : "missing", "one of topic and p2p");
        }
        String from = groupNamed(keys, "from");
        String to = keys.has("to") ? groupNamed(keys, "to") : null;
        if (p2p && to == null && answers == null) {
            throw keys.wrong("to", "missing", "the group that p2p messages go to");
        }
        Flow flow = new Flow(
                flowName,
                from,
                to,
                keys.text(p2p ? "p2p" : "topic"),
                p2p,
                answers,
                keys.flag("will", false),
                keys.integer("qos", 0, 2),
                keys.integer("size", SMALLEST, LARGEST, 64),
                keys.number("rate", 0, MOST_RATE, 0),
                keys.integer("window", 0, 32_767, 0),
                keys.integer("count", 0, MOST, 0),
                keys.flag("retain", false),
                keys.choice("pick", Pick.class, Pick.IN_TURN) == Pick.RANDOM,
                keys.integer("contacts", 0, MOST, 0),
                keys.integer("topics", 1, MOST, 1));
        checkPace(flow, keys);
        template(keys, p2p ? "p2p" : "topic", names(flow));
        keys.end();
        return flow;
    }

    private enum Pick {
        IN_TURN,
        RANDOM
    }

    private static Set<String> names(Flow flow) {
        if (flow.p2p()) {
            return Set.of("run");
        }
        return flow.answers() != null ? ANSWER_NAMES : TOPIC_NAMES;
    }

    private static void checkPace(Flow flow, Keys keys) {
        int paces = (flow.rate() > 0 ? 1 : 0)
                + (flow.window() > 0 ? 1 : 0)
                + (flow.answers() != null ? 1 : 0)
                + (flow.will() ? 1 : 0);
        if (paces != 1) {
            throw keys.wrong("rate", paces + " paces", "one of rate, window, answers and will");
        }
        if (flow.window() > 0 && flow.qos() == 0) {
            throw keys.wrong("window", flow.window(), "rate at QoS 0, which nothing acknowledges");
        }
        if (flow.retain() && (flow.p2p() || flow.answers() != null)) {
            throw keys.wrong("retain", true, "false for p2p and answers");
        }
        if (flow.will() && (flow.p2p() || flow.to() != null)) {
            throw keys.wrong("will", true, "a topic, and neither p2p nor to");
        }
        if (flow.answers() != null && flow.to() != null) {
            throw keys.wrong("to", flow.to(), "none: an answer goes to who asked");
        }
        if (flow.topics() > 1 && flow.to() != null) {
            throw keys.wrong("topics", flow.topics(), "1 beside to");
        }
    }

    private String groupNamed(Keys keys, String key) {
        String text = keys.text(key);
        if (group(text) == null) {
            throw keys.wrong(
                    key,
                    text,
                    "one of the groups "
                            + String.join(", ", groups.stream().map(Group::name).toList()));
        }
        return text;
    }

    private @Nullable Group group(String wanted) {
        return groups.stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Flow flow(String wanted) {
        return flows.stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElse(null);
    }
}
