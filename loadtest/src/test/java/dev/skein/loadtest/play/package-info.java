@NullMarked
package dev.skein.loadtest.play;

import org.jspecify.annotations.NullMarked;
