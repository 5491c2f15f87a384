package dev.skein.loadtest.play;

import dev.skein.loadtest.scenario.Group;
import dev.skein.loadtest.scenario.Group.Subscription;
import dev.skein.loadtest.scenario.Template;
import dev.skein.loadtest.scenario.Template.Names;
import java.util.ArrayList;
import java.util.List;

/** A group at the scale of a run. */
final class GroupPlan {
    /** A subscription of one client, ready to send. */
    record Filter(String text, int qos, boolean shared) {}

    private final Group group;
    private final int index;
    private final int count;
    private final String run;
    private final Template clientId;
    private final List<Entry> entries;
    private final List<P2p> p2p = new ArrayList<>();

    private record Entry(Template filter, int qos, boolean shared, String prefix) {}

    private record P2p(String parent, int qos) {}

    GroupPlan(Group group, int index, int count, String run, boolean shares, Templates templates) {
        this.group = group;
        this.index = index;
        this.count = count;
        this.run = run;
        this.clientId = templates.of(group.clientId());
        this.entries = new ArrayList<>();
        for (Subscription each : group.subscriptions()) {
            String name = each.shared();
            String otherwise = each.otherwise();
            if (name == null || otherwise == null) {
                entries.add(new Entry(templates.of(each.filter()), each.qos(), false, ""));
            } else if (shares) {
                entries.add(new Entry(templates.of(each.filter()), each.qos(), true, "$share/" + name + "/"));
            } else {
                entries.add(new Entry(templates.of(otherwise), each.qos(), false, ""));
            }
        }
    }

    /** Reads templates, which the scenario's file has checked, at the counts of the run. */
    interface Templates {
        Template of(String text);
    }

    Group group() {
        return group;
    }

    int index() {
        return index;
    }

    int count() {
        return count;
    }

    String name() {
        return group.name();
    }

    String clientId(int n) {
        return clientId.fill(new Names(run, n, "", 0, "", 0));
    }

    /** The broker knows no P2P: clients subscribe to what would have come unasked. */
    void subscribeToP2p(String parent, int qos) {
        p2p.add(new P2p(parent, qos));
    }

    /** What a client subscribes to; a shared filter without its {@code $share/group/}. */
    List<Filter> filters(int n) {
        List<Filter> filters = new ArrayList<>(entries.size() + p2p.size());
        String client = clientId(n);
        for (Entry entry : entries) {
            filters.add(new Filter(entry.filter.fill(new Names(run, n, client, 0, "", 0)), entry.qos, entry.shared));
        }
        for (P2p each : p2p) {
            filters.add(new Filter(FlowPlan.p2pTopic(each.parent, client), each.qos, false));
        }
        return filters;
    }

    /** The same as texts to send. */
    List<String> texts(List<Filter> filters) {
        List<String> texts = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            texts.add(
                    i < entries.size()
                            ? entries.get(i).prefix + filters.get(i).text()
                            : filters.get(i).text());
        }
        return texts;
    }
}
