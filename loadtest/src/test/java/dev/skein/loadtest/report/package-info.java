@NullMarked
package dev.skein.loadtest.report;

import org.jspecify.annotations.NullMarked;
