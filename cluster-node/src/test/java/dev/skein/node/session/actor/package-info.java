/** Sessions as actors. */
@NullMarked
package dev.skein.node.session.actor;

import org.jspecify.annotations.NullMarked;
