/** Tests of the lock on a client ID, without actors. */
@NullMarked
package dev.skein.node.session.lock;

import org.jspecify.annotations.NullMarked;
