package dev.skein.node.route.actor;

import dev.skein.persistence.api.PersistentRoute;
import java.util.ArrayList;
import java.util.List;

/** Cuts a table into pages that fit a frame between nodes, whatever the length of filters and client IDs. */
final class RoutePages {
    /** Of one page. A character is at most three bytes: a page stays below the smallest frame, 1 MiB. */
    private static final int PAGE_CHARS = 250_000;
    /** What a route is beside its texts: names of fields and numbers. */
    private static final int ROUTE_CHARS = 64;

    private RoutePages() {}

    /** {@code routes} in their order; the routes of one session may stand on several pages. */
    static List<List<PersistentRoute>> cut(List<PersistentRoute> routes) {
        List<List<PersistentRoute>> pages = new ArrayList<>();
        int from = 0;
        long chars = 0;
        for (int i = 0; i < routes.size(); i++) {
            long more = chars(routes.get(i));
            if (i > from && chars + more > PAGE_CHARS) {
                pages.add(routes.subList(from, i));
                from = i;
                chars = 0;
            }
            chars += more;
        }
        pages.add(routes.subList(from, routes.size()));
        return pages;
    }

    private static long chars(PersistentRoute route) {
        return (long) route.filter().length()
                + route.key().clientId().length()
                + route.key().instance().length()
                + ROUTE_CHARS;
    }
}
