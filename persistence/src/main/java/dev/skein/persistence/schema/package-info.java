/**
 * The tables: numbered migrations for each database and what applies them.
 *
 * <p>Starting point: {@link dev.skein.persistence.schema.Migrations}. The statements are resources beside this package,
 * {@code h2/NNNN-*.sql} and {@code postgresql/NNNN-*.sql}; a number means the same state on both. A released file is
 * never changed: a change is a new number.
 */
@NullMarked
package dev.skein.persistence.schema;

import org.jspecify.annotations.NullMarked;
