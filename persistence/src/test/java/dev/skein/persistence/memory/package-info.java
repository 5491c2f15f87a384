/** The stores in memory. */
@NullMarked
package dev.skein.persistence.memory;

import org.jspecify.annotations.NullMarked;
