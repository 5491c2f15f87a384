package dev.skein.node.delivery;

import dev.skein.protocol.message.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the messages of a parent topic go beside their subscribers: an outbound rule. Thread-safe. */
public interface Outlet {
    /** Whether it takes messages of {@code origin}. */
    boolean takes(Origin origin);

    /**
     * Takes what one event loop has published in one round, in its order. Must not block. Each offer is answered once,
     * by {@link Answers}.
     */
    void take(List<Offer> offers);

    /** What publishers at QoS 1 and 2 wait for; null: they need not. */
    @Nullable
    Obstacle obstacle();
}
