/** The rows of {@code docs/performance.md}, run against several brokers in turn. Starting point: {@code Suite}. */
@NullMarked
package dev.skein.loadtest.suite;

import org.jspecify.annotations.NullMarked;
