/**
 * Runs scenarios. Starting points: {@code ScenarioRun}, which leads; {@code Crew}, which does one process's part of it;
 * {@code Member}, which is one client.
 */
@NullMarked
package dev.skein.loadtest.play;

import org.jspecify.annotations.NullMarked;
