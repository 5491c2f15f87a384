/** CPU time and resident memory of a process on this machine, from {@code /proc}. */
@NullMarked
package dev.skein.loadtest.process;

import org.jspecify.annotations.NullMarked;
