/** Tests of the actors of routing. */
@NullMarked
package dev.skein.node.route.actor;

import org.jspecify.annotations.NullMarked;
