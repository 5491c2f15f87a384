package dev.skein.persistence.journal;

/**
 * The files that a journal has by what the tables say.
 *
 * @param moved number of the last file of which they contain everything
 * @param opened number of the newest file, at least {@code moved}; those in between and this one have to be there
 * @param any whether there have to be some, though nobody knows which: the release before noted no more than that
 */
public record FileRange(long moved, long opened, boolean any) {
    /** There need not be any. */
    public static final FileRange NONE = new FileRange(0, 0, false);
}
