package dev.skein.connectors.support;

/** What a target said to a batch of records. */
public sealed interface Answer {
    /** It has stored all of them. */
    record Taken() implements Answer {}

    /** It has not, as far as is known. The same batch may be taken later. */
    record Failed(String reason) implements Answer {}

    /** It will not take the batch as it is: at least one record is to blame, or the batch is too large. */
    record Refused(String reason) implements Answer {}

    /** It has stored all of them. */
    Answer TAKEN = new Taken();
}
