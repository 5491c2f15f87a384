package dev.skein.benchmarks;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import dev.skein.node.route.SessionRoutes;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Message;

/** A parent topic with one live subscriber for each of many filters. */
final class FilledTable {
    static final String PARENT = "bench";

    final RouteTables tables = new RouteTables("default");
    final RouteTable table = tables.table(PARENT);

    /** {@code filters}: {@code bench/0/state} and so on. {@code same}: whether all name the one subscriber. */
    FilledTable(int filters, boolean same) {
        tables.root().open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        table.open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        Subscriber one = new Nobody();
        for (int i = 0; i < filters; i++) {
            table.add(topic(i), new LocalRoute(same ? one : new Nobody(), 0));
        }
    }

    static String topic(int number) {
        return PARENT + "/" + number + "/state";
    }

    /** A receiver that does nothing. */
    private static final class Nobody implements Subscriber {
        @Override
        public int loop() {
            return 0;
        }

        @Override
        public void deliver(Message message, int qos) {}
    }
}
