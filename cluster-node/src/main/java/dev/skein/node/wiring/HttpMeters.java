package dev.skein.node.wiring;

import dev.skein.node.control.HttpCounters;
import dev.skein.node.observe.NodeMetrics;

/** Brings what the HTTP ports count into the node's metrics. */
record HttpMeters(NodeMetrics metrics) implements HttpCounters {
    @Override
    public void opened(String port) {
        metrics.http(port).opened();
    }

    @Override
    public void closed(String port) {
        metrics.http(port).closed();
    }

    @Override
    public void refused(String port, String reason) {
        metrics.http(port).refused(reason);
    }
}
