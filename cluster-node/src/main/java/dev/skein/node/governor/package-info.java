/** Watches the memory of the process. Starting point: {@link dev.skein.node.governor.MemoryGovernor}. */
@NullMarked
package dev.skein.node.governor;

import org.jspecify.annotations.NullMarked;
