package dev.skein.node.control;

import java.util.concurrent.CompletionStage;

/** Whether this node lives and serves. Called on any thread, often; must not block it. */
public interface NodeHealth {
    /** Whether the process is worth keeping: false asks an orchestrator to restart it. */
    CompletionStage<HealthReport> live();

    /** Whether clients should be sent here: store writes, registry read, listeners open, not draining. */
    CompletionStage<HealthReport> ready();
}
