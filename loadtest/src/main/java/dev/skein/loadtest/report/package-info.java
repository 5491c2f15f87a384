/** Figures for people and for programs: progress lines, the summary, JSON. */
@NullMarked
package dev.skein.loadtest.report;

import org.jspecify.annotations.NullMarked;
