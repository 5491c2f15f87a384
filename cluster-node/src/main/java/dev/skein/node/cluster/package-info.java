/** Membership and what may cross nodes. */
@NullMarked
package dev.skein.node.cluster;

import org.jspecify.annotations.NullMarked;
