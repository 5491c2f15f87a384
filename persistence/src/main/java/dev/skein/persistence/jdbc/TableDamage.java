package dev.skein.persistence.jdbc;

import dev.skein.persistence.jdbc.sql.DamagedRow;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of the tables that are not what was written: each is told once, counted, shown until the process ends, and set
 * aside. Any thread.
 */
final class TableDamage implements DamagedRow.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TableDamage.class);

    /** Told one by one; further ones are counted. */
    private static final int LOGGED = 100;

    /** Known ones. Beyond that one may be counted more than once. */
    private static final int KNOWN = 100_000;

    private final String place;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();
    private volatile Consumer<DamagedRow> setAside = _ -> {};
    private volatile String first = "";

    /** @param place names the database */
    TableDamage(String place) {
        this.place = place;
    }

    /** @param next puts rows where nobody reads them */
    void start(Consumer<DamagedRow> next) {
        setAside = next;
    }

    @Override
    public void found(DamagedRow row) {
        String key = row.table() + " " + row.key() + " " + row.writer() + (row.key() == 0 ? row.what() : "");
        if (known.size() < KNOWN ? !known.add(key) : known.contains(key)) {
            return;
        }
        long found = count.incrementAndGet();
        String text = "database: " + place + ", " + row;
        if (first.isEmpty()) {
            first = text;
        }
        if (found <= LOGGED) {
            LOG.error(
                    "{} (expected: what was written; it is set aside and the rest is served; a backup may have it)",
                    text);
        }
        setAside.accept(row);
    }

    /** How many were found since the start. */
    long count() {
        return count.get();
    }

    /** The first one, in one line; empty when there is none. */
    Optional<String> first() {
        return first.isEmpty() ? Optional.empty() : Optional.of(first);
    }
}
