package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.DiskPressure;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.Obstacle;
import dev.skein.node.delivery.TopicRoutes;
import dev.skein.node.route.Match;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import org.jspecify.annotations.Nullable;

/** For what a PUBLISH has to wait. Stateless. */
final class PublishObstacles {
    private PublishObstacles() {}

    /**
     * The first of them, or null.
     *
     * @param match null when the message is for one client
     * @param persistent whether its client has a persistent session
     */
    static @Nullable Obstacle find(
            EdgeShared shared,
            LoopContext context,
            InboundPublish publish,
            TopicRoutes routes,
            @Nullable Match match,
            boolean persistent) {
        if (publish.qos() == 0) {
            return match == null ? null : context.obstacles().findLoop(match);
        }
        if (isPressed(shared, publish)) {
            return shared.delivery().pressure();
        }
        boolean marked = publish.qos() == 2 && persistent;
        DiskPressure disk = shared.delivery().disk();
        return disk.blocks(publish.retain(), publish.payload().length == 0, match, marked)
                ? disk
                : context.obstacles().find(routes, match);
    }

    /** Whether there is no memory for a message; one that removes a retained message makes room. */
    static boolean isPressed(EdgeShared shared, InboundPublish publish) {
        boolean removes = publish.retain() && publish.payload().length == 0;
        return shared.delivery().pressure().isHigh() && !removes;
    }
}
