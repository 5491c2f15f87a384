/** Tests of the load tester's command against a small broker with faults. */
@NullMarked
package dev.skein.loadtest;

import org.jspecify.annotations.NullMarked;
