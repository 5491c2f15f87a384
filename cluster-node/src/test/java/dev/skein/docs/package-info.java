/** What the documents print is run as they print it. */
@NullMarked
package dev.skein.docs;

import org.jspecify.annotations.NullMarked;
