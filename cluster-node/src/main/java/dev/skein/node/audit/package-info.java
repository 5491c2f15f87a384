/** Who came, who went, who was refused, and who changed what: one line each. Knows nobody who writes to it. */
@NullMarked
package dev.skein.node.audit;

import org.jspecify.annotations.NullMarked;
