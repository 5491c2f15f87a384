package dev.skein.node.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of an instance, newest first.
 *
 * @param entries at most as many as asked for
 * @param next the {@code after} of the next page; null when there is nothing older
 */
public record AuditPage(List<Entry> entries, @Nullable Long next) {
    /** Copies the list. */
    public AuditPage {
        entries = List.copyOf(entries);
    }

    /**
     * One change.
     *
     * @param sequence 1 for the instance's first change
     * @param time when
     * @param by who asked for it
     * @param action such as {@code group-created}
     * @param subject what was changed
     * @param detail further words, without secrets; may be empty
     */
    public record Entry(long sequence, Instant time, String by, String action, String subject, String detail) {}
}
