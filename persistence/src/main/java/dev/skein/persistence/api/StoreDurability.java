package dev.skein.persistence.api;

/** What a message that is acknowledged outlives, {@code skein.storage.durability}. */
public enum StoreDurability {
    /** What the database promises for a commit: PostgreSQL, and H2 without a journal, which outlives the process. */
    DATABASE,
    /** The process: what is acknowledged was given to the operating system. A power cut may take the last seconds. */
    PROCESS,
    /** A power cut: what is acknowledged is on the disk. */
    DISK
}
