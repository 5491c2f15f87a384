/**
 * The journal of the embedded store: what the queues become goes to a file first, in group commits, and only what is
 * still queued when a segment of it is full or old goes on to the tables. It knows no SQL:
 * {@link dev.skein.persistence.journal.Tables} and {@link dev.skein.persistence.journal.QueueTables} are what it asks
 * of them.
 *
 * <p>Starting point: {@link dev.skein.persistence.journal.Journal}. {@link dev.skein.persistence.journal.RecordCodec}
 * is the format, {@link dev.skein.persistence.journal.Segment} a file,
 * {@link dev.skein.persistence.journal.JournalIndex} what the files hold that counts.
 */
@NullMarked
package dev.skein.persistence.journal;

import org.jspecify.annotations.NullMarked;
