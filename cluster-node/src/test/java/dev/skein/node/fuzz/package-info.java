/**
 * Fuzzing of whatever reads what others send. A target is a class whose name ends in {@code Fuzz}, with a
 * {@code fuzzerTestOneInput} as Jazzer calls it, in the package of what it reads with. {@link FuzzCorpusTest} replays
 * the corpus in the ordinary build; {@code .ci/fuzz} goes on looking.
 */
@NullMarked
package dev.skein.node.fuzz;

import org.jspecify.annotations.NullMarked;
