package dev.skein.persistence.journal;

/** Gives the sequences of message identities, always growing, over restarts too. Thread-safe. */
public interface Sequences {
    /** Takes so many in a row and returns the first. */
    long take(int count);

    /** At least the last one given. */
    long last();

    /** Everything given from now on is greater. */
    void passOver(long sequence);
}
