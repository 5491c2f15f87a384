@NullMarked
package dev.skein.persistence.trace;

import org.jspecify.annotations.NullMarked;
