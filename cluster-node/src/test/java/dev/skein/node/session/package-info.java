/** Tests of the flows of a session, with a seeded simulation of client and store. */
@NullMarked
package dev.skein.node.session;

import org.jspecify.annotations.NullMarked;
