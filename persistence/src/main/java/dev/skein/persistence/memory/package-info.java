/**
 * The stores in memory: the reference that the contract test compares the others with, and for tests of what uses
 * stores. Nothing survives the process.
 *
 * <p>Starting point: {@link dev.skein.persistence.memory.MemoryStores}.
 */
@NullMarked
package dev.skein.persistence.memory;

import org.jspecify.annotations.NullMarked;
