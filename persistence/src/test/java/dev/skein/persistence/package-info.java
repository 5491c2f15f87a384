/** Rules of the whole module. */
@NullMarked
package dev.skein.persistence;

import org.jspecify.annotations.NullMarked;
