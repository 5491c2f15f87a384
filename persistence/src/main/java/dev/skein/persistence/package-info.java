/** Durable state of the broker: the schema and the stores. Starts at {@code dev.skein.persistence.api}. */
@NullMarked
package dev.skein.persistence;

import org.jspecify.annotations.NullMarked;
