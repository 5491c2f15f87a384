@NullMarked
package dev.skein.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
