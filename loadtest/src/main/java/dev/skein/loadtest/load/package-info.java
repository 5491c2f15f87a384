/**
 * What is driven and what is checked. Starting points: {@code MessageRun}, {@code ConnectRun}, {@code SequenceCheck}.
 */
@NullMarked
package dev.skein.loadtest.load;

import org.jspecify.annotations.NullMarked;
