package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Reason;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Stands behind the packets that wait: what the client sent before it went, or went wrong, still counts. */
record Ended(Reason reason, String detail) {
    /**
     * Whether the end of the connection is among {@code waiting}: DISCONNECT, a closed socket, a packet that is wrong.
     */
    static boolean isIn(@Nullable Collection<Object> waiting) {
        return waiting != null
                && (waiting.stream().anyMatch(Ended.class::isInstance) || PublishPipeline.holdDisconnect(waiting));
    }
}
