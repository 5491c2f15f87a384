package dev.skein.loadtest.scenario;

import dev.skein.loadtest.scenario.Phase.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the phases of a scenario. */
final class PhaseReader {
    private static final Duration LONGEST_COUNT = Duration.ofMinutes(10);

    private final Keys root;
    private final List<Group> groups;
    private final List<Flow> flows;

    PhaseReader(Keys root, List<Group> groups, List<Flow> flows) {
        this.root = root;
        this.groups = groups;
        this.flows = flows;
    }

    List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        for (Keys keys : root.sections("phases")) {
            phases.add(phase(keys));
        }
        if (phases.isEmpty() || phases.getFirst().action() != Action.CONNECT) {
            throw root.wrong("phases", "no connect phase first", "a list that begins with { connect = [...] }");
        }
        return phases;
    }

    private Phase phase(Keys keys) {
        Action action = action(keys);
        String key = key(action);
        boolean connects = action == Action.CONNECT;
        boolean runs = action == Action.RUN;
        boolean untilDone = runs && keys.text("run").equals("done");
        Duration duration = runs
                ? untilDone ? keys.duration("at-most", LONGEST_COUNT) : keys.duration("run", Duration.ZERO)
                : keys.duration("for", Duration.ZERO);
        double share = keys.number("share", 0, 1, 1);
        if (share == 0) {
            throw keys.wrong("share", 0, "above 0, up to 1");
        }
        List<String> all = flows.stream().filter(Flow::paced).map(Flow::name).toList();
        Phase phase = new Phase(
                keys.text("name", key),
                action,
                runs
                        ? List.of()
                        : names(keys, key, groups.stream().map(Group::name).toList()),
                share,
                keys.flag("abrupt", false),
                keys.number("rate", 0, ScenarioFile.MOST_RATE, connects ? 1000 : 0),
                duration,
                untilDone,
                keys.has("flows") ? names(keys, "flows", all) : connects ? List.of() : all,
                keys.flag("measured", !connects));
        keys.end();
        return phase;
    }

    private static String key(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private static Action action(Keys keys) {
        List<Action> found = new ArrayList<>();
        for (Action action : Action.values()) {
            if (keys.has(key(action))) {
                found.add(action);
            }
        }
        if (found.size() != 1) {
            throw keys.wrong("", found.size() + " actions", "one of connect, run, disconnect, reconnect, subscribe");
        }
        return found.getFirst();
    }

    private static List<String> names(Keys keys, String key, List<String> known) {
        List<String> names = keys.texts(key, List.of());
        for (String name : names) {
            if (!known.contains(name)) {
                throw keys.wrong(key, name, "one of " + String.join(", ", known));
            }
        }
        return names;
    }
}
