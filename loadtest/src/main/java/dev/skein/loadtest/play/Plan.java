package dev.skein.loadtest.play;

import dev.skein.loadtest.load.RunNames;
import dev.skein.loadtest.mqtt.Stamp;
import dev.skein.loadtest.scenario.Flow;
import dev.skein.loadtest.scenario.Group;
import dev.skein.loadtest.scenario.Scenario;
import dev.skein.loadtest.scenario.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A scenario at the scale of a run, the same in every process that takes part. */
final class Plan {
    private static final Set<String> ALL_NAMES = Set.of("run", "n", "client", "device", "to", "to.n", "t");

    private final Scenario scenario;
    private final RunSettings settings;
    private final List<GroupPlan> groups = new ArrayList<>();
    private final List<FlowPlan> flows = new ArrayList<>();

    Plan(Scenario scenario, RunSettings settings) {
        this.scenario = scenario;
        this.settings = settings;
        String run = RunNames.hex(settings.run());
        GroupPlan.Templates templates = text -> Template.of(text, ALL_NAMES, this::countOf);
        for (Group group : scenario.groups()) {
            groups.add(new GroupPlan(
                    group, groups.size(), Scenario.scaled(group, settings.scale()), run, settings.shares(), templates));
        }
        // an answer's plan needs the plan of what it answers
        FlowPlan[] planned = new FlowPlan[scenario.flows().size()];
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < planned.length; i++) {
                Flow flow = scenario.flows().get(i);
                if ((flow.answers() == null) == (round == 0)) {
                    planned[i] = plan(flow, i, templates, run, planned);
                }
            }
        }
        flows.addAll(List.of(planned));
        if (!settings.p2p()) {
            for (FlowPlan flow : flows) {
                GroupPlan addressed = flow.addressed();
                if (addressed != null) {
                    addressed.subscribeToP2p(
                            templates.of(flow.flow().topic()).fill(new Template.Names(run, 0, "", 0, "", 0)),
                            flow.flow().qos());
                }
            }
        }
    }

    private FlowPlan plan(Flow flow, int index, GroupPlan.Templates templates, String run, FlowPlan[] planned) {
        FlowPlan asked = null;
        String answers = flow.answers();
        if (answers != null) {
            for (FlowPlan each : planned) {
                if (each != null && each.name().equals(answers)) {
                    asked = each;
                }
            }
            if (asked == null) {
                throw new IllegalArgumentException(
                        "flows." + flow.name() + ".answers: " + answers + " (expected: a flow that is no answer)");
            }
        }
        String to = flow.to();
        FlowPlan plan = new FlowPlan(
                flow,
                index,
                group(flow.from()),
                to == null ? null : group(to),
                asked,
                templates.of(flow.topic()),
                run,
                settings.seed());
        if (plan.streams() > Stamp.MOST_STREAMS || index >= Stamp.MOST_FLOWS) {
            throw new IllegalArgumentException("flows." + flow.name() + ": " + plan.streams()
                    + " streams, each one publisher on one topic (expected: up to " + Stamp.MOST_STREAMS
                    + "; contacts limits them)");
        }
        return plan;
    }

    private int countOf(String group) {
        for (Group each : scenario.groups()) {
            if (each.name().equals(group)) {
                return Scenario.scaled(each, settings.scale());
            }
        }
        return 0;
    }

    Scenario scenario() {
        return scenario;
    }

    RunSettings settings() {
        return settings;
    }

    List<GroupPlan> groups() {
        return groups;
    }

    List<FlowPlan> flows() {
        return flows;
    }

    GroupPlan group(String name) {
        return groups.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The place of a flow's figures for one receiving group. */
    int channel(int flow, int group) {
        return flow * groups.size() + group;
    }

    int channels() {
        return flows.size() * groups.size();
    }

    /** Flows of those names. */
    List<FlowPlan> flows(List<String> names) {
        return flows.stream().filter(flow -> names.contains(flow.name())).toList();
    }

    /** The flow that carries a group's wills. */
    @Nullable
    FlowPlan willOf(GroupPlan group) {
        return flows.stream()
                .filter(flow -> flow.flow().will() && flow.from() == group)
                .findFirst()
                .orElse(null);
    }

    /** Clients of all groups. */
    int clients() {
        return groups.stream().mapToInt(GroupPlan::count).sum();
    }
}
