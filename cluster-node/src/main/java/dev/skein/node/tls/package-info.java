/**
 * Certificates and keys in PEM files, read again when they change: of the listeners of clients and of the links between
 * nodes.
 */
@NullMarked
package dev.skein.node.tls;

import org.jspecify.annotations.NullMarked;
