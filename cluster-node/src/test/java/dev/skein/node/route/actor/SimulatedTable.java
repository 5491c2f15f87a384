package dev.skein.node.route.actor;

import dev.skein.persistence.api.PersistentRoute;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The table of one node, which follows routers as {@link TableKeeper} does. */
final class SimulatedTable {
    private final long node;
    private final Router router;
    private final Set<String> routes = new HashSet<>();
    private final Set<String> loading = new HashSet<>();
    private boolean open;
    private boolean opening;
    private long loadedFrom;
    private int nextPage;
    private long followed;
    private long version;

    /** What it says to whatever router there is. */
    interface Router {
        void wants(long node);

        void closes(long node);

        void applied(long node, long incarnation, long version);
    }

    SimulatedTable(long node, Router router) {
        this.node = node;
        this.router = router;
    }

    static String text(PersistentRoute route) {
        return route.sessionId() + " " + route.subscription().filter();
    }

    long node() {
        return node;
    }

    boolean isOpen() {
        return open;
    }

    boolean isOpening() {
        return opening;
    }

    Set<String> routes() {
        return routes;
    }

    boolean has(long session, String filter) {
        return routes.contains(session + " " + filter);
    }

    /** A client publishes. */
    void want() {
        if (!open && !opening) {
            askAgain();
        }
    }

    private void askAgain() {
        if (!opening) {
            opening = true;
            router.wants(node);
        }
    }

    /** A while has passed. */
    void again() {
        if (opening) {
            router.wants(node);
        }
    }

    void close() {
        if (open) {
            open = false;
            opening = false;
            followed = 0;
            nextPage = -1;
            routes.clear();
            router.closes(node);
        }
    }

    void announced() {
        if (open || opening) {
            router.wants(node);
        } else {
            router.closes(node);
        }
    }

    void page(long from, long of, int number, List<PersistentRoute> page) {
        if (!open && !opening) {
            router.closes(node);
            return;
        }
        if (number == 0) {
            loading.clear();
            loadedFrom = from;
            nextPage = 0;
        }
        if (from != loadedFrom) {
            return;
        }
        if (number != nextPage) {
            nextPage = -1;
            askAgain();
            return;
        }
        nextPage++;
        page.forEach(route -> loading.add(text(route)));
        if (page.isEmpty()) {
            nextPage = -1;
            routes.clear();
            routes.addAll(loading);
            open = true;
            opening = false;
            followed = from;
            version = of;
            router.applied(node, from, of);
        }
    }

    void change(long from, long to, List<String> present, List<String> gone) {
        if (followed != from) {
            return;
        }
        if (to > version + 1) {
            askAgain();
        } else {
            if (to == version + 1) {
                version = to;
                routes.addAll(present);
                gone.forEach(routes::remove);
            }
            router.applied(node, from, version);
        }
    }
}
