package dev.skein.persistence.api;

import java.nio.file.Path;
import java.util.List;

/**
 * What an operator does with the files of an embedded store. Each blocks until it is done, and fails with
 * {@link StoreUnavailableException} when a process uses the store, where that matters, or a file cannot be read or
 * written. Confined to one thread.
 */
public interface StoreFiles {
    /**
     * What was read, and what of it is damaged.
     *
     * @param rows rows of all tables
     * @param records records of the journal
     * @param damages in words that name the file
     * @param aside what was set aside before and is there still, in such words
     */
    record Report(long rows, long records, List<String> damages, List<String> aside) {}

    /** Reads everything of a store that nobody uses, and changes nothing. */
    Report check();

    /**
     * Sets aside what of the journal cannot be read and brings the rest to the tables, sets aside damaged rows of the
     * tables and makes their indexes anew where they are wrong, of a store that nobody uses.
     *
     * @return what was damaged; what is left of it {@link #check} tells
     */
    List<String> repair();

    /**
     * Copies the store to a directory, which a node may be started with. While a node uses the store, that one does it.
     *
     * @param target is made; must be empty when it is there
     */
    void backup(Path target);

    /** Puts a backup where there is no store. */
    void restore(Path backup);
}
