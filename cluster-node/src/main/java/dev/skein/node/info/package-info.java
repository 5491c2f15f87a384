/** What nodes ask one another for the control API: how each of them is, and which clients it has. */
@NullMarked
package dev.skein.node.info;

import org.jspecify.annotations.NullMarked;
