package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.Permissions;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.RouteTables;

/** One instance as connections see it: the newest view of its registry, and its route tables on this node. */
final class EdgeInstance {
    private final RouteTables tables;
    private volatile Rules rules;

    /** A view and the permissions made of it, so that both are always of one version. */
    record Rules(InstanceView view, Permissions permissions) {}

    EdgeInstance(InstanceView view, RouteTables tables) {
        this.tables = tables;
        this.rules = new Rules(view, Permissions.of(view));
    }

    /** Takes the newer view; every later check uses it. */
    void update(InstanceView view) {
        rules = new Rules(view, Permissions.of(view));
    }

    String id() {
        return tables.instance();
    }

    Rules rules() {
        return rules;
    }

    InstanceView view() {
        return rules.view();
    }

    RouteTables tables() {
        return tables;
    }
}
