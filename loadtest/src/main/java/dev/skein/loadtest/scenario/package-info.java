/** Scenarios as data: what a file may say, read strictly. Starting points: {@code ScenarioFile}, {@code Scenario}. */
@NullMarked
package dev.skein.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
