/** Tests of certificates, and certificates for tests. */
@NullMarked
package dev.skein.node.tls;

import org.jspecify.annotations.NullMarked;
