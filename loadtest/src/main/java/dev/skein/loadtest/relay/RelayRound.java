package dev.skein.loadtest.relay;

import java.util.ArrayList;
import java.util.List;

/** What one event loop has for receivers since its last flush. Belongs to that loop. */
final class RelayRound {
    private final int loop;
    private final List<RelayConnection> touched = new ArrayList<>();

    /** {@code loop}: its number, 0 upward. */
    RelayRound(int loop) {
        this.loop = loop;
    }

    int loop() {
        return loop;
    }

    /** Something waits for {@code receiver}; told once for each round. */
    void touched(RelayConnection receiver) {
        touched.add(receiver);
    }

    /** Writes everything. */
    void flush() {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).flush(loop);
        }
        touched.clear();
    }
}
