package dev.skein.node.wiring;

import dev.skein.node.config.NodeConfig;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.rule.RuleEngine;
import dev.skein.node.rule.RulesSettings;
import dev.skein.node.rule.connect.ConnectorTypes;
import dev.skein.node.rule.connect.Connectors;
import dev.skein.node.rule.sink.Target;
import dev.skein.node.rule.status.PresenceNotices;
import java.util.concurrent.Executors;

/** Puts the rules of a node together. */
final class Rules {
    private Rules() {}

    static RuleEngine of(Foundation base, Delivery delivery, PresenceNotices notices) {
        NodeConfig config = base.config();
        RulesSettings settings = config.rules();
        // Each task of a rule is short; a connector that blocks holds up its own rule alone.
        Target.Parts targets = new Target.Parts(
                base.stores(),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("skein-rule-", 0).factory()),
                settings.forward(),
                base.clock());
        long maxPending = config.mqtt().maxPendingBytes();
        return new RuleEngine(new RuleEngine.Parts(
                delivery,
                base.registry().views(),
                base.membership(),
                new Connectors(types(settings), settings.connectors()),
                targets,
                notices,
                base.metrics(),
                config.cluster().nodeName(),
                () -> delivery.pressure().isHigh()
                        || delivery.disk().isLow()
                        || delivery.store().pendingBytes() > maxPending));
    }

    /** Looked for only when they are needed: that reads jars. */
    private static ConnectorTypes types(RulesSettings settings) {
        return settings.connectors().isEmpty()
                ? ConnectorTypes.NONE
                : ConnectorTypes.find(settings.connectorsDirectory());
    }
}
