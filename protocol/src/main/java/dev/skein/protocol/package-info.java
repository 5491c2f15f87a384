/** Wire formats and their rules: no actors, no database. */
@NullMarked
package dev.skein.protocol;

import org.jspecify.annotations.NullMarked;
