package dev.skein.node.governor;

/** One kind of memory of this process. Thread-safe. */
public interface MemoryUse {
    /** What it is, in one word: also the label of metrics. */
    String what();

    /** Bytes in use, without what the next collection frees, as far as that is known. */
    long used();

    /** Bytes that may be in use; 0 when nobody knows. */
    long max();
}
