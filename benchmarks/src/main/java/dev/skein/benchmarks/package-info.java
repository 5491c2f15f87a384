/** JMH benchmarks of the parts that every message goes through. Run them with {@code benchmarks/bin/skein-bench}. */
@NullMarked
package dev.skein.benchmarks;

import org.jspecify.annotations.NullMarked;
