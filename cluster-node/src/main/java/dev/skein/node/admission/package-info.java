/** How much of each kind of work a node takes on at once when many clients come together. */
@NullMarked
package dev.skein.node.admission;

import org.jspecify.annotations.NullMarked;
